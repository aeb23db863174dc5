// What a session changed in all, as a patch that git and patch take.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { SESSION, ToldSession } from './told-session.ts';

let told: ToldSession;
beforeEach(() => (told = new ToldSession()));
afterEach(() => told.remove());

const OTHER = 'bbbb2222-2222-4222-8222-222222222222';
const numbered = (count: number, indent = '') =>
  Array.from({ length: count }, (_, n) => `${indent}line ${n + 1}\n`).join('');

async function patch(...argv: string[]): Promise<string> {
  const { out, err, exitCode } = await told.run(['diff', SESSION, ...argv]);
  expect([exitCode, err]).toEqual([0, '']);
  return out;
}

type Texts = Readonly<Record<string, string>>;

/** What `tool` makes of texts with a patch. */
function applied(tool: 'git' | 'patch', texts: Texts, diff: string, ...names: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'patched-'));
  try {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const args =
      tool === 'git'
        ? ['apply', '--whitespace=nowarn', '-']
        : ['-p1', '--quiet', '--no-backup-if-mismatch'];
    if (diff !== '')
      execFileSync(tool, args, { cwd: folder, input: diff, stdio: ['pipe', 'ignore', 'inherit'] });
    return names.map((name) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Applies the session's patch with both tools, and compares each file with what the session left. */
async function expectPatched(before: Texts, ...names: string[]): Promise<string> {
  const diff = await patch();
  const left = names.map((name) => told.text(name));
  expect(applied('git', before, diff, ...names)).toEqual(left);
  expect(applied('patch', before, diff, ...names)).toEqual(left);
  return diff;
}

describe('diff', () => {
  it('puts together what was created, edited, made by a command and removed', async () => {
    const before = { 'old.ts': numbered(40), 'gone.ts': numbered(5) };
    for (const [name, text] of Object.entries(before)) told.byHand(name, text);
    told.write('src/new.ts', 'export const one = 1;\n');
    told.edit('src/new.ts', { oldText: 'one = 1', newText: 'one = 2' });
    told.edit('old.ts', { oldText: 'line 3\n', newText: 'line three\n' });
    told.edit('old.ts', { oldText: 'line 30\n', newText: 'line thirty\nand more\n' });
    told.bash("sed -i 's/line 20/twenty/' old.ts", {
      'old.ts': (told.text('old.ts') ?? '').replace('line 20', 'twenty'),
      'made.txt': 'by a command\n',
    });
    told.bash('rm gone.ts', { 'gone.ts': null });
    const diff = await expectPatched(before, 'src/new.ts', 'old.ts', 'made.txt', 'gone.ts');
    expect(diff).toMatchInlineSnapshot(`
      "diff --git a/src/new.ts b/src/new.ts
      new file mode 100644
      --- /dev/null
      +++ b/src/new.ts
      @@ -0,0 +1 @@
      +export const one = 2;
      diff --git a/old.ts b/old.ts
      --- a/old.ts
      +++ b/old.ts
      @@ -1,6 +1,6 @@
       line 1
       line 2
      -line 3
      +line three
       line 4
       line 5
       line 6
      @@ -17,7 +17,7 @@
       line 17
       line 18
       line 19
      -line 20
      +twenty
       line 21
       line 22
       line 23
      @@ -27,7 +27,8 @@
       line 27
       line 28
       line 29
      -line 30
      +line thirty
      +and more
       line 31
       line 32
       line 33
      diff --git a/made.txt b/made.txt
      new file mode 100644
      --- /dev/null
      +++ b/made.txt
      @@ -0,0 +1 @@
      +by a command
      diff --git a/gone.ts b/gone.ts
      deleted file mode 100644
      --- a/gone.ts
      +++ /dev/null
      @@ -1,5 +0,0 @@
      -line 1
      -line 2
      -line 3
      -line 4
      -line 5
      "
    `);
  });

  it.each([
    ['tabs', numbered(12, '\t\t'), { oldText: '\tline 6\n', newText: '\tline six\n\tand more\n' }],
    [
      'an edit that shows none of the tabs',
      numbered(12, '\t'),
      { oldText: 'line 6', newText: 'line six' },
    ],
    ['blanks', numbered(12, '    '), { oldText: 'line 6', newText: 'line six' }],
    ['no newline at the end', numbered(5).trimEnd(), { oldText: 'line 4', newText: 'line four' }],
    ['a newline that comes', numbered(5).trimEnd(), { oldText: 'line 5', newText: 'line five\n' }],
    ['a newline that goes', numbered(5), { oldText: 'line 5\n', newText: 'line five' }],
    ['all places', numbered(30), { oldText: 'line 1', newText: 'row 1', everywhere: true }],
    ['a line taken away', numbered(9), { oldText: 'line 4\n', newText: '' }],
    ['the first line', numbered(9), { oldText: 'line 1\n', newText: 'one\n' }],
    ['the only line', 'line 1', { oldText: 'line 1', newText: 'one' }],
    [
      'text like a diff',
      '--- a\n+++ b\n@@ -1 +1 @@\n\\ No\n',
      { oldText: '+++ b', newText: '--- c' },
    ],
  ])('applies to %s', async (_, before, input) => {
    told.byHand('a b.ts', before);
    told.edit('a b.ts', input);
    await expectPatched({ 'a b.ts': before }, 'a b.ts');
  });

  it('applies to what a command deleted, with a newline at its end or without', async () => {
    told.byHand('ends.ts', 'one\n\ttwo\n');
    told.byHand('ends-not.ts', 'one\n\ttwo');
    told.bash('rm ends.ts ends-not.ts', { 'ends.ts': null, 'ends-not.ts': null });
    const before = { 'ends.ts': 'one\n\ttwo\n', 'ends-not.ts': 'one\n\ttwo' };
    await expectPatched(before, 'ends.ts', 'ends-not.ts');
  });

  it('knows of tabs by what a command changed, once no text with them is kept', async () => {
    const before = `  one\n\ttwo\n${numbered(9)}`; // of which the command's diff shows the end
    told.byHand('a.ts', before);
    told.bash('make', { 'a.ts': `${before}\tend\n` });
    told.write('a.ts', '  one\n');
    told.store.database.exec('DELETE FROM file_states');
    const { out, err } = await told.run(['diff', SESSION]);
    expect(err).toContain('a.ts: its tabs or its last newline are guessed');
    expect(out).toContain('-\ttwo\n');
  });

  it('takes names of any kind, and an empty file', async () => {
    told.write('zwölf "quoted".ts', 'x\n');
    told.write('empty.txt', '');
    const diff = await patch();
    expect(applied('git', {}, diff, 'zwölf "quoted".ts', 'empty.txt')).toEqual(['x\n', '']);
  });

  it('shows nothing of what is as it was', async () => {
    told.byHand('a.ts', numbered(20));
    told.edit('a.ts', { oldText: 'line 5\n', newText: 'five\n' });
    told.edit('a.ts', { oldText: 'five\n', newText: 'line 5\n' });
    told.write('passing.ts', 'x\n');
    told.bash('rm passing.ts', { 'passing.ts': null });
    expect(await patch()).toBe('');
  });

  it('leaves other sessions out, also in between, and says where they came between', async () => {
    const before = numbered(60);
    told.byHand('a.ts', before);
    told.edit('a.ts', { oldText: 'line 50\n', newText: 'fifty\n' });
    told.session = OTHER;
    told.edit('a.ts', { oldText: 'line 10\n', newText: 'ten\n' });
    told.session = SESSION;
    told.edit('a.ts', { oldText: 'line 30\n', newText: 'thirty\n' });
    const [text] = applied('git', { 'a.ts': before }, await patch(), 'a.ts');
    expect(text).toBe(before.replace('line 50', 'fifty').replace('line 30', 'thirty'));
    told.byHand('a.ts', `// by hand\n${told.text('a.ts')}`);
    told.edit('a.ts', { oldText: 'thirty\n', newText: 'dreißig\n' });
    const { err } = await told.run(['diff', SESSION]);
    expect(err).toBe('a.ts: others changed it in between, and that is in the patch\n');
    const { out } = await told.run(['diff', SESSION, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      session_id: SESSION,
      root: told.root,
      patch: expect.stringContaining('+// by hand'),
      files: [{ file_path: told.path('a.ts'), change: 'modified', in_patch: true, note: 'shared' }],
    });
  });

  it('does without the last texts of files, and without payloads', async () => {
    const before = numbered(60);
    told.byHand('a.ts', before);
    told.edit('a.ts', { oldText: 'line 50\n', newText: 'fifty\n' });
    told.edit('a.ts', { oldText: 'line 30\n', newText: 'thirty\n' });
    told.store.database.exec(
      'CREATE TEMP TABLE kept AS SELECT * FROM file_states; DELETE FROM file_states',
    );
    await expectPatched({ 'a.ts': before }, 'a.ts');
    told.store.database.exec(
      'INSERT INTO file_states SELECT * FROM kept; UPDATE events SET payload = NULL',
    );
    const diff = await patch();
    expect(diff).toContain('-line 30\n+thirty\n');
    told.store.database.exec('DELETE FROM file_states');
    const { out, err } = await told.run(['diff', SESSION]);
    expect([out, err]).toEqual([
      '',
      'a.ts: is not in the patch: what the calls told is past retention\n',
    ]);
  });

  it('names what it cannot tell: secrets, other folders, files of a command', async () => {
    const token = `ghp_${'aB3dE6gH9'.repeat(4)}`;
    told.write('key.ts', `export const key = '${token}';\n`);
    told.write('../elsewhere.ts', 'x\n');
    const { out, err } = await told.run(['diff', 'last']);
    expect(out).not.toContain(token);
    expect(err.split('\n')).toEqual([
      'key.ts: secrets were taken out of it, so this part may not apply',
      expect.stringMatching(/elsewhere\.ts: is outside the project, and not in the patch$/),
      '',
    ]);
  });

  it('takes part of the files, and no control characters to a terminal', async () => {
    told.write('src/a.ts', 'a\u001b[31m\n');
    told.write('b.ts', 'b\n');
    expect(await patch('--file', 'src')).toContain('\u001b[31m');
    expect(await patch('--file', 'src')).not.toContain('b.ts');
    const { out } = await told.run(['diff', SESSION], { isTTY: true, lines: 100 });
    expect(out).toContain('+a\n');
  });

  it('is for the folder of a linked work tree, if the session worked in one', async () => {
    const tree = join(told.root, '..', 'tree');
    told.byHand('../tree/.git', `gitdir: ${told.root}/.git/worktrees/tree\n`);
    told.byHand('.git/worktrees/tree/commondir', '../..\n');
    told.turn('UserPromptSubmit', { prompt: 'Go', cwd: tree });
    told.write('../tree/a.ts', 'x\n', { cwd: tree });
    expect(await patch()).toContain('+++ b/a.ts\n');
  });

  it('names what a call did not tell whole', async () => {
    const path = told.path('a.ts');
    // As a transcript tells the edit of a subagent.
    told.tell({
      hook_event_name: 'PostToolUse',
      tool_name: 'Edit',
      tool_use_id: 'toolu_x',
      tool_input: { file_path: path, old_string: 'a', new_string: 'b' },
      tool_response: {},
    });
    const { out, err } = await told.run(['diff', SESSION]);
    expect([out, err]).toEqual([
      '',
      'a.ts: is not in the patch: a call did not tell all that it changed\n',
    ]);
  });

  it('names the first ones of many files of which the same is to be said', async () => {
    for (let n = 0; n < 8; n += 1) told.write(`../elsewhere/${n}.ts`, 'x\n');
    const { err } = await told.run(['diff', SESSION]);
    expect(err.split('\n')).toEqual([
      ...[0, 1, 2, 3, 4].map((n): unknown =>
        expect.stringMatching(`elsewhere/${n}.ts: is outside`),
      ),
      '… and 3 more files, of which the same is true; --json has all',
      '',
    ]);
  });

  it('takes the cells of a notebook for no file', async () => {
    const name = 'test/fixtures/payloads/post-tool-use.notebook-edit.json';
    const payload = JSON.parse(readFileSync(name, 'utf8')) as Record<string, unknown>;
    const cell = { ...(payload['tool_input'] as object), notebook_path: told.path('n.ipynb') };
    const response = { ...(payload['tool_response'] as object), notebook_path: cell.notebook_path };
    told.tell({
      ...payload,
      session_id: SESSION,
      cwd: told.root,
      tool_input: cell,
      tool_response: response,
    });
    const { out, err } = await told.run(['diff', SESSION]);
    expect([out, err]).toEqual([
      '',
      'n.ipynb: is not in the patch: a call did not tell all that it changed\n',
    ]);
    expect((await told.run(['log', 'n.ipynb'])).out).toContain('+print(2)');
  });

  it('says so where nothing is recorded', async () => {
    const { exitCode, err } = await told.run(['diff']);
    expect(exitCode).toBe(1);
    expect(err).toContain('no session is recorded');
  });

  it('gives the final text byte for byte, whatever was edited', async () => {
    const line = fc.constantFrom('a', '\tb', '\t\tc', '  d', '', 'e e', '}', 'x\ty');
    const texts = fc.array(line, { minLength: 1, maxLength: 30 }).map((lines) => lines.join('\n'));
    const step = fc.record({
      at: fc.nat(30),
      count: fc.nat(3),
      lines: fc.array(line, { maxLength: 3 }),
      kind: fc.constantFrom('edit', 'bash', 'write'),
    });
    let guessed = 0;
    const runs = times(25, 300);
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (first, steps) => {
          const own = told;
          told = new ToldSession();
          try {
            told.prompt('Go');
            told.byHand('f.ts', first);
            for (const { at, count, lines, kind } of steps) {
              const old = (told.text('f.ts') ?? '').split('\n');
              const now = old.toSpliced(at, count, ...lines).join('\n');
              if (now === old.join('\n')) continue;
              if (kind === 'bash') told.bash('make', { 'f.ts': now });
              else if (kind === 'write' || old.join('\n') === '') told.write('f.ts', now);
              else told.edit('f.ts', { oldText: old.join('\n'), newText: now });
            }
            const { out, err } = await told.run(['diff', SESSION]);
            if (err !== '') {
              // A mixture of tabs and blanks that only the tool's diff shows.
              expect(err).toContain('guessed');
              guessed += 1;
              return;
            }
            expect(applied('git', { 'f.ts': first }, out, 'f.ts')).toEqual([told.text('f.ts')]);
          } finally {
            told.remove();
            told = own;
          }
        },
      ),
      { numRuns: runs },
    );
    expect(guessed).toBeLessThan(runs / 5);
  });
});
