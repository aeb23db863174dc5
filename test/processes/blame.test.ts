// Who wrote each line, through the real hook, the courier and the command line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');

let home: TrackerHome;
let project: string;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n');
  project = join(realpathSync(home.folder), 'project');
  mkdirSync(project);
});
afterEach(() => home.remove());

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [CLI, '--home', home.paths.home, ...args], {
    cwd: project,
    env: home.env,
    encoding: 'utf8',
  });
}

/** What Claude Code tells of a Write, and the file that it made. */
function write(id: string, name: string, content: string, before: string | null): void {
  const path = join(project, name);
  tell(
    id,
    'Write',
    { file_path: path, content },
    { type: before === null ? 'create' : 'update', filePath: path, content, originalFile: before },
  );
  writeFileSync(path, content);
}

function tell(id: string, tool: string, input: object, response: object): void {
  home.capture(
    payload({
      session_id: 'session-1',
      hook_event_name: 'PostToolUse',
      cwd: project,
      tool_name: tool,
      tool_use_id: id,
      tool_input: input,
      tool_response: response,
    }),
  );
}

/** For each line the call that wrote it, or whose else it is. */
function callsOf(file: string): string[] {
  const { lines } = JSON.parse(cli('blame', file, '--json')) as {
    lines: { author: string; tool_use_id: string | null }[];
  };
  return lines.map(({ author, tool_use_id: id }) => id ?? author);
}

const CODE = `export function total(items: number[]): number {
  return items.reduce((sum, item) => sum + item, 0);
}

export function isEmpty(items: number[]): boolean {
  return items.length === 0;
}
`;

describe('blame', () => {
  it('names the calls and the prompt behind edits, lines of people, moves and secrets', async () => {
    const secret = `sk-ant-api03-${'AbCdEf0123456789'.repeat(5)}-AAAAAAAA`;
    home.capture(
      payload({ hook_event_name: 'UserPromptSubmit', cwd: project, prompt: 'Add a cart' }),
    );
    write('toolu_1', 'cart.ts', CODE, null);
    const path = join(project, 'cart.ts');
    const edited = CODE.replace('0);', '0) * 1.19;');
    tell(
      'toolu_2',
      'Edit',
      { file_path: path, old_string: '0);', new_string: '0) * 1.19;' },
      { filePath: path, oldString: '0);', newString: '0) * 1.19;', originalFile: CODE },
    );
    write(
      'toolu_3',
      'key.ts',
      `export const name = 'a service';\nexport const token = '${secret}';\n`,
      null,
    );
    await home.settled();

    writeFileSync(path, `// by hand\n${edited}`);
    expect(callsOf('cart.ts')).toEqual([
      'other',
      'toolu_1',
      'toolu_2',
      ...Array<string>(5).fill('toolu_1'),
    ]);
    expect(cli('blame', 'cart.ts:3', '--prompt')).toMatch(
      /^line 3 · session session-.*\nAdd a cart\n$/,
    );
    expect(cli('blame', 'cart.ts', '--porcelain')).toMatch(/^0{40} 1 1 1\nauthor Not Claude\n/);
    renameSync(path, join(project, 'basket.ts'));
    expect(callsOf('basket.ts').slice(1)).not.toContain('other');

    expect(callsOf('key.ts')).toEqual(['toolu_3', 'toolu_3']);
    writeFileSync(
      join(project, 'key.ts'),
      `export const name = 'a service';\nexport const token = '${secret}';\n// mine\n`,
    );
    expect(callsOf('key.ts')).toEqual(['toolu_3', 'toolu_3', 'other']);
    const { stands } = JSON.parse(cli('survival', '--json', '--project', '.')) as {
      stands: number;
    };
    expect(stands).toBe(2);
  });

  it('names the calls behind the cells of a notebook, however its JSON is written', async () => {
    const cell = (id: string, source: string | string[]) => ({ cell_type: 'code', id, source });
    const json = (cells: object[], blanks?: number) =>
      JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, blanks);
    const path = join(project, 'study.ipynb');
    const updated = json(
      [cell('a', 'total = sum(values)\nprint(total)'), cell('b', ['by hand\n', 'as well'])],
      1,
    );
    const source = 'total = sum(values)\nprint(total)';
    tell(
      'toolu_1',
      'NotebookEdit',
      { notebook_path: path, cell_id: 'a', new_source: source, edit_mode: 'replace' },
      {
        notebook_path: path,
        cell_id: 'a',
        new_source: source,
        edit_mode: 'replace',
        original_file: json([cell('a', 'print(values)'), cell('b', 'by hand\nas well')]),
        updated_file: updated,
      },
    );
    writeFileSync(path, updated);
    await home.settled();
    const expected = ['toolu_1', 'toolu_1', 'other', 'other'];
    expect(callsOf('study.ipynb')).toEqual(expected);
    writeFileSync(path, JSON.stringify(JSON.parse(updated)));
    expect(callsOf('study.ipynb')).toEqual(expected);
  });
});
