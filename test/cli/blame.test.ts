import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST, RecordedProject, SECOND } from './recorded-project.ts';
import { NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';
import type { CliEnvironment } from '../../lib/cli/environment.ts';

let project: RecordedProject;
beforeEach(() => (project = new RecordedProject()));
afterEach(() => project.remove());

const CART = `export function total(items: number[]): number {
  return items.reduce((sum, item) => sum + item, 0);
}
`;
const TAXED = CART.replace('0);', '0) * 1.19;');

async function blame(argv: string, overrides: Partial<CliEnvironment> = {}) {
  return run(project, `blame ${argv}`, { cwd: project.root, ...overrides });
}

interface Line {
  readonly line: number;
  readonly author: string;
  readonly session_id: string | null;
  readonly tool_use_id: string | null;
  readonly at: string | null;
  readonly confidence: string;
  readonly [key: string]: unknown;
}

interface Answer {
  readonly file: string;
  readonly state: string;
  readonly renamed_from: string | null;
  readonly like: string | null;
  readonly lines: readonly Line[];
}

async function answer(argv: string, overrides: Partial<CliEnvironment> = {}): Promise<Answer> {
  const { out, err, exitCode } = await blame(`${argv} --json`, overrides);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Answer;
}

/** For each line the call that wrote it, `other` or `unknown`. */
async function callsOf(argv: string): Promise<string[]> {
  return (await answer(argv)).lines.map(({ author, tool_use_id }) => tool_use_id ?? author);
}

async function surenessOf(argv: string): Promise<string[]> {
  return (await answer(argv)).lines.map(({ confidence }) => confidence);
}

describe('blame', () => {
  it('names session, call, time, generation and prompt of each line', async () => {
    project.prompt(FIRST, 'Add a cart that sums up its items');
    project.write('cart.ts', CART, null);
    project.prompt(SECOND, 'Add the tax,\nplease');
    project.edit('cart.ts', [CART, TAXED], { old: '0);', now: '0) * 1.19;' }, SECOND);
    project.byHand('cart.ts', `// by hand\n${TAXED}`);
    const { out, err } = await blame('cart.ts');
    expect(out).toMatchInlineSnapshot(`
      "LINE  WHO         WHEN     TOOL   GEN  SURE    PROMPT                             CODE
         1  not Claude                       medium                                     // by hand
         2  aaaa1111    1 h ago  Write    1  high    Add a cart that sums up its items  export function total(items: number[]): number {
         3  bbbb2222    1 h ago  Edit     2  high    Add the tax, please                  return items.reduce((sum, item) => sum + item, 0) * 1.19;
         4  aaaa1111    1 h ago  Write    1  medium  Add a cart that sums up its items  }
      "
    `);
    expect(err).toBe('cart.ts has changed since it was seen last, 1 h ago.\n');
  });

  it('prints stable keys with --json', async () => {
    project.prompt(FIRST, 'Add a cart');
    const call = project.write('cart.ts', CART, null);
    project.database
      .prepare('INSERT INTO session_models VALUES (?, ?, ?), (?, ?, ?)')
      .run(FIRST, 0, 'claude-a', FIRST, NOW, 'claude-b');
    expect(await answer('cart.ts:2')).toEqual({
      file: project.path('cart.ts'),
      project_root: project.root,
      state: 'equal',
      renamed_from: null,
      like: null,
      lines: [
        {
          line: 2,
          author: 'claude',
          session_id: FIRST,
          tool_use_id: call,
          at: '2026-11-24T10:02:00.000Z',
          confidence: 'high',
          origin: 'kept',
          tool_name: 'Write',
          agent_type: null,
          model: 'claude-a',
          generation: 1,
          pattern_id: expect.stringMatching(/^[0-9a-f]{16}$/),
          prompt: 'Add a cart',
          prompt_at: '2026-11-24T10:01:00.000Z',
        },
      ],
    });
  });

  it('tells lines of people, old and new, from those of Claude', async () => {
    const before = '// written long before\nexport const limit = 10;\n';
    const after = before.replace('10', '20');
    const call = project.edit('limit.ts', [before, after], { old: '10', now: '20' });
    project.byHand('limit.ts', `${after}export const unseen = true;\n`);
    expect(await callsOf('limit.ts')).toEqual(['other', call, 'other']);
    expect(await surenessOf('limit.ts')).toEqual(['high', 'high', 'medium']);
  });

  it('finds lines that were formatted, moved or brought back since, and is less sure of them', async () => {
    const text = `${CART}\nexport function isEmpty(items: number[]): boolean {\n  return items.length === 0;\n}\n`;
    const call = project.write('cart.ts', text, null);
    const [first = '', second = '', third = '', , ...rest] = text.split('\n');
    const wrapped = '  return items.reduce(\n    (sum, item) => sum + item,\n    0,\n  );';
    project.byHand('cart.ts', [first, wrapped, third, '', ...rest].join('\n'));
    expect((await callsOf('cart.ts')).slice(0, 6)).toEqual(Array(6).fill(call));
    expect(await surenessOf('cart.ts:1-3')).toEqual(['high', 'medium', 'medium']);
    project.byHand('cart.ts', [...rest.slice(0, 3), '', first, second, third, ''].join('\n'));
    expect(await callsOf('cart.ts:1-3')).toEqual([call, call, call]);
    expect(await callsOf('cart.ts:5-7')).toEqual([call, call, call]);
    expect(await surenessOf('cart.ts')).not.toContain('low');
  });

  it('follows a file that was renamed by hand', async () => {
    const call = project.write('cart.ts', CART, null);
    project.byHand('basket/basket.ts', `// a note\n${CART}`);
    unlinkSync(project.path('cart.ts'));
    expect(await answer('basket/basket.ts')).toMatchObject({
      state: 'differs',
      renamed_from: project.path('cart.ts'),
      lines: [
        { author: 'other', confidence: 'low' },
        ...Array(3).fill({ tool_use_id: call, confidence: 'medium' }),
      ],
    });
  });

  it('calls no file renamed whose like is still there', async () => {
    project.write('cart.ts', CART, null);
    project.byHand('copy.ts', CART);
    expect(await answer('copy.ts')).toMatchObject({
      renamed_from: null,
      like: project.path('cart.ts'),
      lines: Array(3).fill({ confidence: 'medium' }),
    });
    const { err } = await blame('copy.ts');
    expect(err).toMatch(/^Nothing is recorded of copy\.ts, but it is like .*cart\.ts\.\n$/);
  });

  it('says unknown of a file that nothing is known of, and without a database', async () => {
    project.write('cart.ts', CART, null);
    project.byHand('other.ts', 'export const other = 1;\n');
    const { out, err } = await blame('other.ts');
    expect(out).toMatch(/^LINE +WHO .*\n +1 +unknown .*low/);
    expect(err).toBe('Nothing is recorded of other.ts, nor of one like it.\n');
    const empty = new Sample();
    try {
      const found = await run(empty, `blame ${project.path('cart.ts')} --json`);
      expect(JSON.parse(found.out)).toMatchObject({
        state: 'unknown',
        lines: Array(3).fill({ author: 'unknown', session_id: null, confidence: 'low' }),
      });
    } finally {
      empty.remove();
    }
  });

  it('does not call a line a person’s that a command may have written', async () => {
    const call = project.write('cart.ts', CART, null);
    project.byHand('cart.ts', `${CART}export const generated = 1;\n`);
    expect(await callsOf('cart.ts')).toEqual([call, call, call, 'other']);
    project.database
      .prepare('INSERT INTO file_changes VALUES (?, ?, ?, ?, ?, ?)')
      .run('f'.repeat(32), project.path('cart.ts'), 'changed', FIRST, 'toolu_sed', NOW);
    expect(await callsOf('cart.ts')).toEqual([call, call, call, 'unknown']);
  });

  it('compares what a state holds no secret of', async () => {
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8',
      'AgEAAkEAq7BFUpkGp3',
      '-----END PRIVATE KEY-----',
    ];
    const text = (secret: string) =>
      `const before = 'first line';\nconst key = \`${secret}\`;\nconst after = 'last line';\n`;
    const call = project.write('key.ts', text('[redacted:private-key]'), null);
    project.byHand('key.ts', `${text(key.join('\n'))}const mine = 'by hand';\n`);
    const { lines } = await answer('key.ts');
    expect(lines.map(({ tool_use_id, author }) => tool_use_id ?? author)).toEqual([
      ...Array<string>(6).fill(call),
      'other',
    ]);
  });

  it('takes the name of the file in any form', async () => {
    const call = project.write('a folder/c art.ts', CART, null);
    mkdirSync(project.path('elsewhere'));
    symlinkSync(project.path('a folder'), project.path('linked'));
    symlinkSync(project.path('a folder/c art.ts'), project.path('link.ts'));
    const cwd = project.path('elsewhere');
    for (const name of [
      '../a folder/c art.ts',
      project.path('a folder/c art.ts'),
      '../linked/c art.ts',
      '../link.ts',
    ]) {
      const { lines } = await answerOf(name, cwd);
      expect(lines.map(({ tool_use_id }) => tool_use_id)).toEqual([call, call, call]);
    }
  });

  it.each([
    ['CRLF', CART.replaceAll('\n', '\r\n'), 3],
    ['no final newline', CART.trimEnd(), 3],
    ['one line', 'export const only = "line";', 1],
  ])('takes a text with %s', async (_, text, count) => {
    const call = project.write('cart.ts', text, null);
    expect(await callsOf('cart.ts')).toEqual(Array(count).fill(call));
    expect(await surenessOf('cart.ts')).toEqual(Array(count).fill('high'));
  });

  it('has nothing to say of an empty file', async () => {
    project.byHand('empty.ts', '');
    expect(await blame('empty.ts')).toEqual({ exitCode: 0, out: '', err: 'empty.ts is empty.\n' });
    expect((await answer('empty.ts')).lines).toEqual([]);
    expect((await blame('empty.ts --porcelain')).out).toBe('');
  });

  it('says what is no text, and what cannot be read', async () => {
    project.byHand('image.png', 'PNG\0\0');
    expect((await blame('image.png')).err).toMatch(/^error: image\.png is not a text/);
    project.byHand('large.txt', '');
    truncateSync(project.path('large.txt'), 17 * 1024 * 1024);
    expect((await blame('large.txt')).err).toMatch(/^error: large\.txt: it holds more than/);
    expect((await blame('.')).err).toMatch(/^error: \.: it is a folder, not a file\n/);
    expect(await blame('none.ts')).toEqual({
      exitCode: 1,
      out: '',
      err: 'error: none.ts: there is no such file\n  Name a file as it is called now.\n',
    });
  });

  it('says of a file that is gone when Claude wrote to it', async () => {
    project.write('cart.ts', CART, null);
    rmSync(project.path('cart.ts'));
    const { exitCode, err } = await blame('cart.ts');
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /^error: cart\.ts is gone: Claude wrote to it last 1 h ago, in session aaaa1111\n/,
    );
  });

  it('takes some lines only', async () => {
    project.write('cart.ts', CART, null);
    const numbers = async (argv: string) => (await answer(argv)).lines.map(({ line }) => line);
    expect(await numbers('cart.ts:2')).toEqual([2]);
    expect(await numbers('cart.ts:2-3')).toEqual([2, 3]);
    expect(await numbers('cart.ts:2-')).toEqual([2, 3]);
    expect(await numbers('cart.ts:2-9')).toEqual([2, 3]);
    renameSync(project.path('cart.ts'), project.path('cart.ts:2'));
    expect(await numbers('cart.ts:2')).toEqual([1, 2, 3]);
    expect(await numbers('cart.ts:2:3')).toEqual([3]);
    for (const [argv, message] of [
      ['cart.ts:2:4', 'cart.ts:2 has no line 4\n  It has 3 lines.'],
      ['cart.ts:2:4-9', 'cart.ts:2 has no line 4'],
      ['cart.ts:2:0', '0 are no lines'],
      ['cart.ts:2:3-2', '3-2 are no lines'],
    ] as const) {
      const { exitCode, err } = await blame(argv);
      expect([exitCode, err]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    }
  });

  it('still knows the call of a pattern past retention, and that Claude wrote what is forgotten', async () => {
    const call = project.write('cart.ts', CART, null);
    project.database.exec('DELETE FROM occurrences; DELETE FROM patterns');
    expect((await answer('cart.ts:1')).lines).toMatchObject([
      { tool_use_id: call, session_id: FIRST, tool_name: 'Write', generation: null },
    ]);
    project.database.exec("DELETE FROM events WHERE name = 'PostToolUse'");
    expect((await answer('cart.ts:1')).lines).toMatchObject([
      { author: 'claude', session_id: null, tool_use_id: null, at: null },
    ]);
    expect((await blame('cart.ts:1')).out).toMatch(/\n +1 +Claude /);
    expect((await blame('cart.ts:1 --porcelain')).out).toContain(
      '\nsummary A call past retention\n',
    );
  });

  it('names the kind of a subagent, and its model only if a transcript told it', async () => {
    const call = project.write('cart.ts', CART, null);
    project.database.exec(
      `UPDATE tool_calls SET agent_id = 'agent-1' WHERE tool_use_id = '${call}';
       INSERT INTO session_models VALUES ('${FIRST}', 0, 'claude-a');
       INSERT INTO subagents (session_id, agent_id, agent_type) VALUES ('${FIRST}', 'agent-1', 'tester')`,
    );
    expect((await answer('cart.ts:1')).lines).toMatchObject([
      { agent_type: 'tester', model: null },
    ]);
    project.database.exec(`UPDATE subagents SET model = 'claude-b'`);
    expect((await answer('cart.ts:1')).lines).toMatchObject([
      { agent_type: 'tester', model: 'claude-b' },
    ]);
  });

  it('fits every terminal, and keeps who, when, why and the code at 60 columns', async () => {
    project.prompt(FIRST, 'Add a cart that sums up its items, 漢字 and all');
    project.write('cart.ts', CART.replace('total', '\ttotal漢字'), null);
    for (const columns of [20, 40, 60, 80, 120]) {
      const { out } = await blame('cart.ts', { isTTY: true, columns, lines: 1_000 });
      for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
    project.byHand('cart.ts', `${CART}// by hand\n`);
    const { out } = await blame('cart.ts', { isTTY: true, columns: 60, lines: 1_000 });
    expect(out.split('\n')[0]?.replaceAll(/ +/g, ' ')).toBe('LINE WHO WHEN PROMPT CODE');
  });

  it('writes nothing', async () => {
    project.write('cart.ts', CART, null);
    project.byHand('cart.ts', `${CART}// more\n`);
    project.close();
    const seen = () =>
      readdirSync(project.folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => !/-(?:wal|shm)$/.test(name))
        .map((name) => ({ name, stats: statSync(`${project.folder}/${name}`) }))
        .filter(({ stats }) => stats.isFile())
        .map(({ name, stats }) => [name, stats.mtimeMs]);
    const before = seen();
    await blame('cart.ts');
    expect(seen()).toEqual(before);
  });
});

describe('blame --prompt', () => {
  it('prints each prompt whole and once', async () => {
    const long = `Add a cart.\n\n${'It sums up its items. '.repeat(40)}`.trim();
    project.prompt(FIRST, long);
    project.write('cart.ts', CART, null);
    project.prompt(SECOND, 'Add the tax');
    project.prompt(SECOND, 'a wakeup', 'loop_wakeup');
    project.edit('cart.ts', [CART, TAXED], { old: '0);', now: '0) * 1.19;' }, SECOND);
    expect((await blame('cart.ts --prompt')).out).toBe(
      `lines 1,3 · session aaaa1111 · 1 h ago\n${long}\n\nline 2 · session bbbb2222 · 1 h ago\nAdd the tax\n`,
    );
    expect((await answer('cart.ts:1 --prompt')).lines).toMatchObject([{ prompt: long }]);
    expect((await answer('cart.ts:1')).lines).toMatchObject([{ prompt: long.slice(0, 100) }]);
  });

  it('says so when no prompt is kept, and when Claude wrote none of the lines', async () => {
    project.prompt(FIRST, 'An older prompt');
    project.prompt(FIRST, 'Add a cart');
    project.write('cart.ts', CART, null);
    project.database.exec(
      `UPDATE events SET payload = NULL WHERE payload_text(payload) LIKE '%Add a cart%'`,
    );
    expect((await blame('cart.ts:1 --prompt')).out).toContain('The prompt is not kept.');
    project.byHand('mine.ts', 'export const mine = 1;\n');
    expect((await blame('mine.ts --prompt')).out).toBe(
      'Claude is not known to have written any of these lines.\n',
    );
  });
});

async function answerOf(name: string, cwd: string): Promise<Answer> {
  const { main } = await import('../../lib/cli/main.ts');
  const { testEnvironment } = await import('./test-environment.ts');
  const { cli, written } = testEnvironment(project, { cwd });
  expect(await main(['blame', name, '--json'], cli)).toBe(0);
  return JSON.parse(written.out) as Answer;
}
