// `blame --porcelain` against the format of git: one parser reads both.
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST, RecordedProject, SECOND } from './recorded-project.ts';
import { NOW } from './sample-database.ts';
import { testEnvironment } from './test-environment.ts';
import { main } from '../../lib/cli/main.ts';

let project: RecordedProject;
beforeEach(() => (project = new RecordedProject()));
afterEach(() => project.remove());

interface Commit {
  /** In the order in which they came. */
  readonly keys: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

interface Parsed {
  readonly commits: ReadonlyMap<string, Commit>;
  readonly lines: readonly {
    readonly commit: string;
    readonly final: number;
    readonly text: string;
  }[];
}

/** Reads git's porcelain format, strictly. */
function parse(text: string): Parsed {
  const rows = text.split('\n');
  expect(rows.pop()).toBe('');
  const commits = new Map<string, Commit>();
  const lines: Parsed['lines'][number][] = [];
  let left = 0;
  for (let at = 0; at < rows.length;) {
    const head = /^([0-9a-f]{40}) (\d+) (\d+)(?: (\d+))?$/.exec(rows[at++] ?? '');
    expect(head).not.toBeNull();
    const [, commit = '', , final = '', count] = head ?? [];
    // A group of lines says how many they are, and only its first line does.
    expect(count !== undefined).toBe(left === 0);
    left = (count === undefined ? left : Number(count)) - 1;
    const values: Record<string, string> = {};
    for (; !rows[at]?.startsWith('\t'); at += 1) {
      const [, key = '', value = ''] = /^([a-z-]+)(?: (.*))?$/.exec(rows[at] ?? '') ?? [];
      values[key] = value;
    }
    const keys = Object.keys(values);
    // What is known of a commit comes with the first line of it.
    expect(keys.length > 0).toBe(!commits.has(commit));
    if (keys.length > 0) commits.set(commit, { keys, values });
    lines.push({ commit, final: Number(final), text: (rows[at++] ?? '').slice(1) });
  }
  expect(left).toBe(0);
  return { commits, lines };
}

async function ours(name: string): Promise<Parsed> {
  const { cli, written } = testEnvironment(project, { cwd: project.root });
  expect(await main(['blame', name, '--porcelain'], cli)).toBe(0);
  return parse(written.out);
}

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Mia', '-c', 'user.email=mia@example.com'];
  return execFileSync('git', [...who, ...args], { cwd: project.root, encoding: 'utf8' });
}

const ONE = 'const a = 1;\nconst b = 2;\n\tconst c = 3;\r\nconst d = 4;\n';
const TWO = ONE.replace('b = 2', 'b = 20');
const NOW_ON_DISK = `${TWO}const e = 5;`;

describe('blame --porcelain', () => {
  it('has the form that git gives it', async () => {
    git('init', '-q');
    project.prompt(FIRST, 'Add <constants>\nto it');
    project.write('a.ts', ONE, null);
    git('add', '.');
    git('commit', '-qm', 'one');
    project.edit('a.ts', [ONE, TWO], { old: 'b = 2', now: 'b = 20' }, SECOND);
    git('commit', '-qam', 'two');
    project.byHand('a.ts', NOW_ON_DISK);

    const theirs = parse(git('blame', '--porcelain', 'a.ts'));
    const found = await ours('a.ts');
    expect(found.lines.map(({ final, text }) => [final, text])).toEqual(
      theirs.lines.map(({ final, text }) => [final, text]),
    );
    // The same lines belong together, and the same one was not committed.
    const grouped = ({ lines }: Parsed) =>
      lines.map((line) => lines.findIndex(({ commit }) => commit === line.commit));
    expect(grouped(found)).toEqual(grouped(theirs));
    expect(found.lines[4]?.commit).toBe('0'.repeat(40));
    expect(theirs.lines[4]?.commit).toBe('0'.repeat(40));
    // `previous` and `boundary` are about commits before, which a call does not have.
    const keysOf = ({ commits }: Parsed) =>
      [...commits.values()].map(({ keys }) =>
        keys.filter((key) => !['previous', 'boundary'].includes(key)),
      );
    expect(keysOf(found)).toEqual(keysOf(theirs));
  });

  it('says who, when, why and where', async () => {
    project.prompt(FIRST, 'Add <constants>\nto it');
    project.write('a.ts', ONE, null);
    project.database.prepare('INSERT INTO session_models VALUES (?, 0, ?)').run(FIRST, 'claude-a');
    project.byHand('a.ts', `${ONE}const e = 5;\n`);
    const { commits, lines } = await ours('a.ts');
    const seconds = String(NOW / 1000);
    expect(commits.get(lines[0]?.commit ?? '')?.values).toEqual({
      author: 'Claude (claude-a)',
      'author-mail': `<${FIRST}>`,
      'author-time': String(Date.UTC(2026, 10, 24, 10, 2) / 1000),
      'author-tz': '+0000',
      committer: 'Claude (claude-a)',
      'committer-mail': `<${FIRST}>`,
      'committer-time': String(Date.UTC(2026, 10, 24, 10, 2) / 1000),
      'committer-tz': '+0000',
      summary: 'Add constants to it',
      filename: 'a.ts',
    });
    expect(commits.get('0'.repeat(40))?.values).toMatchObject({
      author: 'Not Claude',
      'author-time': seconds,
    });
  });

  it.each(['a b.ts', 'ä"\\.ts', 'tab\there.ts', 'line\nbreak.ts'])(
    'quotes %j as git does',
    async (name) => {
      git('init', '-q');
      project.write(name, ONE, null);
      git('add', '.');
      git('commit', '-qm', 'one');
      const names = ({ commits }: Parsed) =>
        [...commits.values()].map(({ values }) => values['filename']);
      expect(names(await ours(name))).toEqual(names(parse(git('blame', '--porcelain', name))));
    },
  );

  it('prints nothing else', async () => {
    project.write('a.ts', ONE, null);
    const { cli, written } = testEnvironment(project, { cwd: project.root });
    expect(await main(['blame', 'a.ts', '--porcelain', '--prompt'], cli)).toBe(2);
    expect(written).toEqual({
      out: '',
      err: 'error: --porcelain prints nothing else\n  Leave out --json and --prompt.\n',
    });
  });
});
