// Three weeks of work in three projects, always the same: what pages about numbers are tried with.
import { Telling } from './telling.ts';

const DAY_MS = 86_400_000;
const PROJECTS = ['shop-api', 'web-client', 'data-jobs'];
const PROMPTS = [
  'add retries to the payment client and test them',
  'why is the build slow?',
  'move the cart into a store of its own',
  'rename Order to Purchase everywhere',
  'write a migration for the new column',
];

/** What Claude did in the days before `now`, in milliseconds since 1970. */
export function weeksOfWork(now: number, days = 21): Telling[] {
  const random = seeded(7);
  const tellings: Telling[] = [];
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  for (let day = days - 1; day >= 0; day -= 1) {
    const isWeekend = [0, 6].includes(new Date(midnight - day * DAY_MS).getDay());
    const sessions = isWeekend ? Math.round(random() * 0.7) : 1 + Math.round(random() * 2);
    for (let session = 0; session < sessions; session += 1) {
      const hour = 8 + Math.floor(random() * 10);
      const at = midnight - day * DAY_MS + hour * 3_600_000;
      if (at > now - 3_600_000) continue;
      tellings.push(oneSession(tellings.length, at, random));
    }
  }
  return tellings;
}

function oneSession(number: number, at: number, random: () => number): Telling {
  const project = PROJECTS[Math.floor(random() * PROJECTS.length)] ?? '';
  const session = `${`${number}`.padStart(8, '0')}-1111-4111-8111-111111111111`;
  const telling = new Telling({ session, cwd: `/home/dev/${project}`, at });
  telling.start().prompt(PROMPTS[number % PROMPTS.length] ?? '');
  const edits = 2 + Math.floor(random() * 6);
  for (let edit = 0; edit < edits; edit += 1) {
    const file = `src/part-${Math.floor(random() * 5)}.ts`;
    telling.read(file).pause(random() * 40_000);
    telling.write(file, code(number, edit, 8 + Math.floor(random() * 30)));
    if (random() < 0.4) {
      telling.edit(file, `return ${edit};`, `return ${edit} + retries;`);
    }
    telling.bash('npm test', 2_000 + random() * 40_000, failure(random));
  }
  telling.call('Grep', { pattern: 'TODO', path: 'src' }, { matches: 3 }, 9 + random() * 60);
  return telling.stop().end();
}

function failure(random: () => number): string | undefined {
  const chance = random();
  if (chance < 0.18) return 'Exit code 1\n1 failing: retries three times';
  if (chance < 0.22) return 'Exit code 127\nsh: vitest: not found';
  return undefined;
}

function code(session: number, edit: number, lines: number): string {
  const body = Array.from(
    { length: lines },
    (_, line) => `  const v${line} = ${session} * ${line};`,
  );
  return [`export function part${session}x${edit}() {`, ...body, `  return ${edit};`, '}', ''].join(
    '\n',
  );
}

/** Numbers from 0 to 1 that look random, the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
