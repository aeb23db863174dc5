import type { Load, LoadAccount } from './load.ts';

/** One thing that goes wrong under load, and is right again when it ends. */
export interface Drill<Subject> {
  readonly name: string;
  /** Tells why it is not tried here; undefined if it is. */
  readonly missing?: (subject: Subject) => string | undefined;
  readonly run: (subject: Subject, load: Load) => Promise<void>;
}

/** Runs the drills in order and prints a table. @returns whether nothing was lost and nothing doubled */
export async function allKept<Subject>(
  drills: readonly Drill<Subject>[],
  subject: Subject,
  load: Load,
): Promise<boolean> {
  const rows: Row[] = [];
  for (const drill of drills) rows.push(...(await tried(drill, subject, load)));
  console.log(`\n${table(rows)}`);
  return rows.every(({ account }) => account.lost + account.doubled === 0);
}

// --- internal ---

interface Row {
  readonly drill: string;
  readonly gap: number;
  readonly refused: number;
  readonly account: LoadAccount;
}

async function tried<Subject>(
  drill: Drill<Subject>,
  subject: Subject,
  load: Load,
): Promise<readonly Row[]> {
  const why = drill.missing?.(subject);
  if (why !== undefined) {
    console.log(`${drill.name}: not tried, ${why}`);
    return [];
  }
  process.stderr.write(`${drill.name} …\n`);
  load.longestGap();
  load.refusals();
  await drill.run(subject, load);
  await load.isAccepted();
  const [gap, refused] = [load.longestGap(), load.refusals()];
  await load.pause();
  const account = await load.account();
  load.resume();
  const row = { drill: drill.name, gap, refused, account };
  process.stderr.write(`${line(row)}\n`);
  return [row];
}

function table(rows: readonly Row[]): string {
  const sum = (key: 'lost' | 'doubled') => Math.max(0, ...rows.map(({ account }) => account[key]));
  return [
    '| what happens | longest time without an accepted event | requests refused | acknowledged so far | lost | doubled |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(line),
    '',
    `${rows.length} drills, ${rows.at(-1)?.account.acknowledged ?? 0} events acknowledged, ${sum('lost')} lost, ${sum('doubled')} doubled.`,
  ].join('\n');
}

function line({ drill, gap, refused, account }: Row): string {
  const { acknowledged, lost, doubled } = account;
  return `| ${drill} | ${gap.toFixed(1)} s | ${refused} | ${acknowledged} | ${lost} | ${doubled} |`;
}
