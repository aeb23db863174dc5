import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SESSION, ToldSession } from './told-session.ts';

let told: ToldSession;
beforeEach(() => (told = new ToldSession()));
afterEach(() => told.remove());

interface Entry {
  readonly file_path: string;
  readonly change: string;
  readonly cursor: string;
  readonly [key: string]: unknown;
}

async function log(...argv: string[]): Promise<Entry[]> {
  const { out, err, exitCode } = await told.run(['log', ...argv, '--json']);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Entry[];
}

const shown = (entries: readonly Entry[]) =>
  entries.map(({ file_path: file, change }) => `${file.slice(told.root.length + 1)} ${change}`);

function tellHistory(): void {
  told.prompt('Add a cart');
  told.write('src/cart.ts', 'export const a = 1;\nexport const b = 2;\nexport const c = 3;\n');
  told.write('src-other.ts', 'x\n');
  told.prompt('Drop b,\nand change a');
  told.edit('src/cart.ts', { oldText: 'export const b = 2;\n', newText: '' });
  told.edit('src/cart.ts', { oldText: 'a = 1', newText: 'a = 11' });
  told.bash('make', { 'src/made.ts': 'made\n', 'src/cart.ts': null });
}

describe('log', () => {
  it('shows the changes to a file, newest first, with prompts and diffs', async () => {
    tellHistory();
    const { out, err } = await told.run(['log', 'src/cart.ts']);
    expect(err).toBe('');
    expect(out).toMatchInlineSnapshot(`
      "src/cart.ts  deleted · +0 -2 · Bash · 1 min ago · session aaaa1111
          Drop b,
          and change a
      @@ -1,2 +0,0 @@
      -export const a = 11;
      -export const c = 3;

      src/cart.ts  modified · +1 -1 · Edit · 1 min ago · session aaaa1111
          Drop b,
          and change a
      @@ -1,2 +1,2 @@
      -export const a = 1;
      +export const a = 11;
       export const c = 3;

      src/cart.ts  modified · +0 -1 · Edit · 1 min ago · session aaaa1111
          Drop b,
          and change a
      @@ -1,3 +1,2 @@
       export const a = 1;
      -export const b = 2;
       export const c = 3;

      src/cart.ts  created · +3 -0 · Write · 1 min ago · session aaaa1111
          Add a cart
      @@ -0,0 +1,3 @@
      +export const a = 1;
      +export const b = 2;
      +export const c = 3;
      "
    `);
    expect((await log('src/cart.ts'))[1]).toEqual({
      file_path: told.path('src/cart.ts'),
      change: 'modified',
      hunks: '@@ -1,2 +1,2 @@\n-export const a = 1;\n+export const a = 11;\n export const c = 3;\n',
      lines_added: 1,
      lines_removed: 1,
      is_exact: true,
      at: '2026-11-24T09:00:06.000Z',
      session_id: SESSION,
      tool_use_id: 'toolu_0004',
      tool_name: 'Edit',
      agent_type: null,
      model: null,
      pattern_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      prompt: 'Drop b,\nand change a',
      prompt_at: '2026-11-24T09:00:04.000Z',
      cursor: expect.any(String),
    });
  });

  it('shows those to all files of a folder, and to no other', async () => {
    tellHistory();
    expect(shown(await log('src'))).toEqual([
      'src/cart.ts deleted',
      'src/made.ts created',
      'src/cart.ts modified',
      'src/cart.ts modified',
      'src/cart.ts created',
    ]);
    expect(await log()).toHaveLength(6);
    expect(await log('nothing.ts')).toEqual([]);
  });

  it('says of a folder in which nothing was changed that Claude worked elsewhere', async () => {
    tellHistory();
    const elsewhere = await told.run(['log'], { cwd: '/w/elsewhere' });
    expect(elsewhere.out).toMatch(/^No changes to files in \/w\/elsewhere are recorded\. /);
    const filtered = await told.run(['log', '--until', '2020-01-01'], { cwd: '/w/elsewhere' });
    expect(filtered.out).toBe('No changes match.\n');
  });

  it('goes on where a part ended, and takes times', async () => {
    tellHistory();
    const all = await log();
    let rest = await log('--limit', '2');
    const parts = [...rest];
    while (rest.length > 0) {
      rest = await log('--limit', '2', '--after', rest.at(-1)?.cursor ?? '');
      parts.push(...rest);
    }
    expect(parts).toEqual(all);
    expect(shown(await log('--until', '2026-11-24T09:00:03Z'))).toEqual(['src/cart.ts created']);
    expect(await log('--since', '2026-11-24T09:00:06Z')).toHaveLength(3);
    expect((await told.run(['log', '--after', 'x'])).exitCode).toBe(2);
  });

  it('shows the code that was written once payloads are gone', async () => {
    tellHistory();
    told.store.database.exec('UPDATE events SET payload = NULL');
    expect((await log('src-other.ts'))[0]).toMatchObject({
      hunks: '@@ -1 +1 @@\n+x\n',
      is_exact: false,
      prompt: null,
    });
  });

  it('finds what is new in a large folder without sorting it', async () => {
    tellHistory();
    const all = await log();
    told.store.database.exec(
      `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name, file_path, language, at)
       WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
       SELECT 'old-' || i, 0, 'p', 'created', 'old', 'Write', '${told.root}/old.ts', 'typescript', i FROM n`,
    );
    // The newest are found among the events, of which the old rows have none.
    expect(await log('--limit', '4')).toEqual(all.slice(0, 4));
    expect(await log('--limit', '7')).toHaveLength(7);
  });
});
