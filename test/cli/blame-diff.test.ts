// Which of the lines that were added between two commits are Claude's.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SESSION, ToldSession } from './told-session.ts';

let told: ToldSession;
beforeEach(() => {
  told = new ToldSession();
  rmSync(told.path('.git'), { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => told.remove());

function git(...args: string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...who, ...args], { cwd: told.root, encoding: 'utf8' }).trim();
}

function commit(): string {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'A step');
  return git('rev-parse', 'HEAD');
}

interface Answer {
  readonly base: string;
  readonly head: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly files: readonly {
    readonly file: string;
    readonly ranges: readonly Readonly<Record<string, unknown>>[];
  }[];
}

async function review(range: string, ...argv: string[]): Promise<Answer> {
  const { out, err, exitCode } = await told.run(['blame', '--diff', range, '--json', ...argv]);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Answer;
}

/** `FILE LINES AUTHOR`, for each range. */
const shown = ({ files }: Answer) =>
  files.flatMap(({ file, ranges }) =>
    ranges.map(
      ({ first, last, author }) => `${file} ${String(first)}-${String(last)} ${String(author)}`,
    ),
  );

/** Two commits: a file of a person's, and what Claude and the person made of it. */
function tellStory(): { base: string; head: string } {
  told.byHand('cart.ts', 'export const first = 1;\nexport const last = 9;\n');
  const base = commit();
  told.prompt('Add a <b>total</b> | please @team');
  told.edit('cart.ts', {
    oldText: 'first = 1;\n',
    newText: 'first = 1;\nexport const total = 2;\nexport const sum = 3;\n',
  });
  told.write('new file.ts', 'export const added = true;\n');
  told.byHand('cart.ts', `${told.text('cart.ts')}export const byHand = 10;\n`);
  return { base, head: commit() };
}

describe('blame --diff', () => {
  it('says which added lines are Claude’s, with session and prompt', async () => {
    const { base, head } = tellStory();
    const answer = await review('HEAD~1..HEAD');
    expect(answer).toMatchObject({
      base,
      head,
      totals: { added: 4, claude: 3, other: 1, unknown: 0 },
    });
    expect(shown(answer)).toEqual([
      'cart.ts 2-3 claude',
      'cart.ts 5-5 other',
      'new file.ts 1-1 claude',
    ]);
    expect(answer.files[0]?.ranges[0]).toEqual({
      first: 2,
      last: 3,
      author: 'claude',
      session_id: SESSION,
      tool_use_id: 'toolu_0001',
      at: '2026-11-24T09:00:02.000Z',
      confidence: 'high',
      tool_name: 'Edit',
      agent_type: null,
      model: null,
      pattern_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      prompt: 'Add a <b>total</b> | please @team',
      prompt_at: '2026-11-24T09:00:01.000Z',
    });
    const { out } = await told.run(['blame', '--diff', 'HEAD~1..']);
    expect(out).toMatchInlineSnapshot(`
      "cart.ts  2 of 3 added lines
        2-3  aaaa1111    1 min ago  Edit   high    Add a <b>total</b> | please @team
        5    not Claude                    medium

      new file.ts  1 of 1 added line
        1    aaaa1111    1 min ago  Write  high    Add a <b>total</b> | please @team

      Claude wrote 3 of 4 added lines in 2 files (75 %).
      "
    `);
  });

  it('prints Markdown in which nothing that was recorded is markup', async () => {
    tellStory();
    const { out } = await told.run(['blame', '--diff', 'HEAD~1', '--markdown']);
    expect(out).toMatchInlineSnapshot(`
      "### Lines written by Claude

      Claude wrote 3 of 4 added lines in 2 files (75 %).

      #### \`cart.ts\`: 2 of 3 added lines

      - lines 2-3: session \`aaaa1111\`: \`Add a <b>total</b> | please @team\`

      #### \`new file.ts\`: 1 of 1 added line

      - line 1: session \`aaaa1111\`: \`Add a <b>total</b> | please @team\`
      "
    `);
  });

  it('takes a range from where branches parted, and a file or a folder', async () => {
    tellStory();
    git('checkout', '--quiet', '-b', 'topic');
    told.write('src/topic.ts', 'topic\n');
    commit();
    git('checkout', '--quiet', 'main');
    told.byHand('main.ts', 'main\n');
    commit();
    expect(shown(await review('main...topic'))).toEqual(['src/topic.ts 1-1 claude']);
    expect(shown(await review('HEAD~2...', 'main.ts'))).toEqual(['main.ts 1-1 unknown']);
    expect(shown(await review('main...topic', 'main.ts'))).toEqual([]);
    expect((await told.run(['blame', '--diff', 'main..main'])).out).toBe('No lines were added.\n');
    for (const nothing of ['', '..', '...']) {
      const { exitCode, err } = await told.run(['blame', '--diff', nothing]); // unset variables
      expect([exitCode, err]).toEqual([2, expect.stringContaining(`--diff is "${nothing}"`)]);
    }
  });

  it('knows what Claude wrote under another name, of any kind, and names what it cannot read', async () => {
    commit();
    told.write('old.ts', 'export const one = 1;\nexport const two = 2;\nexport const three = 3;\n');
    renameSync(told.path('old.ts'), told.path('neü "x"\n.ts'));
    told.byHand('image.bin', 'a\0b\n');
    told.write('n.ipynb', '{"cells":[{"cell_type":"code","source":"x = 1"}]}\n');
    told.byHand('plain.txt', 'diff --git a/x b/x\n@@ -1 +1,5 @@\n');
    commit();
    expect(shown(await review('HEAD~1..HEAD'))).toEqual([
      'neü "x"\n.ts 1-3 claude',
      'plain.txt 1-2 unknown',
    ]);
    expect((await review('HEAD~1..HEAD', 'n.ipynb')).totals).toEqual({
      added: 1,
      claude: 0,
      other: 0,
      unknown: 1,
    });
  });

  it('counts lines of texts that the project’s attributes call binary, and none of others', async () => {
    told.byHand('.gitattributes', '* -diff\n');
    tellStory();
    told.byHand('image.bin', 'a\0b\n');
    git('update-index', '--chmod=+x', 'cart.ts');
    commit();
    told.byHand('cart.ts', `${told.text('cart.ts')}last\n`);
    commit();
    expect(shown(await review('HEAD~3..HEAD~2'))).toEqual([
      'cart.ts 2-3 claude',
      'cart.ts 5-5 other',
      'new file.ts 1-1 claude',
    ]);
    expect(shown(await review('HEAD~2..HEAD~1'))).toEqual([]);
    expect(shown(await review('HEAD~1..HEAD'))).toEqual(['cart.ts 6-6 other']);
  });

  it('runs nothing that the project configures', async () => {
    tellStory();
    const trap = join(told.store.folder, 'trap');
    const sprung = join(told.store.folder, 'sprung');
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\n`);
    chmodSync(trap, 0o755);
    for (const setting of [
      'diff.external',
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'diff.trap.command',
      'diff.trap.textconv',
      'filter.trap.smudge',
      'filter.trap.clean',
    ]) {
      git('config', setting, trap);
    }
    git('config', 'pager.diff-tree', trap);
    git('config', 'diff.noprefix', 'true');
    git('config', 'diff.interHunkContext', '10');
    git('config', 'color.ui', 'always');
    git('config', 'core.worktree', told.store.folder);
    told.byHand('.gitattributes', '* diff=trap filter=trap\n');
    expect(existsSync(sprung)).toBe(false);
    const answer = await review('HEAD~1..HEAD').catch((error: unknown) => error);
    expect(existsSync(sprung)).toBe(false);
    expect(answer).toMatchObject({ totals: { added: 4, claude: 3 } });
    const env = {
      HOME: told.store.folder,
      PATH: process.env['PATH'],
      GIT_EXTERNAL_DIFF: trap,
      GIT_DIR: '/nowhere',
    };
    const { exitCode } = await told.run(['blame', '--diff', 'HEAD~1..HEAD'], { env });
    expect([exitCode, existsSync(sprung)]).toEqual([0, false]);
    execFileSync('git', ['-c', 'core.worktree=', 'diff', 'HEAD~1', 'HEAD'], {
      cwd: told.root,
      stdio: 'ignore',
    });
    expect(existsSync(sprung)).toBe(true); // the trap is one
  });

  it('takes no option for a commit, and says what is wrong', async () => {
    tellStory();
    const fails = async (...argv: string[]) => {
      const { exitCode, err } = await told.run(['blame', ...argv]);
      return [exitCode, err.split('\n')[0]];
    };
    expect(await fails('--diff=--output=x..HEAD')).toEqual([
      2,
      expect.stringContaining('--diff is "--output=x..HEAD"'),
    ]);
    expect(await fails('--diff', 'nothing..HEAD')).toEqual([
      1,
      expect.stringContaining('git knows no commit "nothing" here'),
    ]);
    expect(await fails('--diff', 'a b..HEAD')).toEqual([
      2,
      expect.stringContaining('--diff is "a b..HEAD"'),
    ]);
    expect(await fails('--diff', 'HEAD', '--markdown', '--json')).toEqual([2, expect.anything()]);
    expect(await fails('--markdown', 'cart.ts')).toEqual([2, expect.anything()]);
    expect(await fails()).toEqual([2, expect.stringContaining('FILE is missing')]);
    rmSync(told.path('.git'), { recursive: true });
    expect(await fails('--diff', 'HEAD')).toEqual([
      2,
      expect.stringContaining('is in no git work tree'),
    ]);
  });
});
