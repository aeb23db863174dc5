import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { keptTraces, ownTraces } from '../../../../lib/store/maintenance/forget/kept-text.ts';
import { wipe } from '../../../../lib/store/maintenance/wipe.ts';
import { forgetRows } from '../../../../lib/ingest/forgetting.ts';
import type { ForgetCriteria } from '../../../../lib/store/maintenance/forget/criteria.ts';
import { unpackedRows } from '../../../support/unpacked-rows.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';
import type { Arrival } from '../../../delivery/test-store.ts';

const SECRET = 'the "plan" \\ for\nTuesday, žlutý 🐎';
const A = 'export const first = () => "alpha";\n';
const B = 'export const second = () => "beta";\n';
const C = 'export const third = () => "gamma";\n';

let store: TestStore;
beforeEach(() => (store = new TestStore({ api: { base_url: 'http://127.0.0.1:9' } })));
afterEach(() => store.remove());

const forget = (criteria: Omit<ForgetCriteria, 'at'>, at = 1e15) =>
  store.database
    .transaction(() => forgetRows(store.database, { at, ...criteria }, 5_000))
    .immediate();
const count = (table: string) => store.value(`SELECT count(*) FROM ${table}`);
const of = (session_id: string, fields = {}) => ({
  session_id,
  cwd: `/w/${session_id}`,
  ...fields,
});
const findings = () => verifyDatabase(store.database.name).findings;

/** All that is in a database, as one text. */
function everything(): string {
  const tables = store
    .rows<{ name: string }>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .map(({ name }) => name);
  return JSON.stringify(tables.map((name) => unpackedRows(store.rows(`SELECT * FROM "${name}"`))));
}

describe('a session', () => {
  beforeEach(() => {
    store.take(
      hook.event('UserPromptSubmit', of('one', { prompt: 'write it' })),
      hook.write('t1', '/w/one/a.ts', A, of('one')),
      hook.write('t2', '/w/one/b.ts', B, of('one')),
      hook.write('t3', '/w/two/a.ts', A, of('two')),
      hook.edit('t4', '/w/one/b.ts', B, C, of('two')),
      hook.event('Stop', of('one')),
    );
  });

  it('goes with everything but the code that another session wrote, too', () => {
    expect(forget({ session: 'one' })).toMatchObject({
      events: 4,
      prompts: 1,
      toolCalls: 2,
      sessions: 1,
      patterns: 1,
      keptPatterns: 1,
      occurrences: 2,
      outbox: 2,
    });
    expect(everything()).not.toMatch(/"one"|\/w\/one\/a|const second[^,]*,"language/);
    expect(
      store.rows('SELECT code, occurrences, origin, name FROM patterns ORDER BY code'),
    ).toEqual([
      { code: A, occurrences: 1, origin: 'created', name: 'a.ts' },
      { code: C, occurrences: 1, origin: 'created', name: 'b.ts' },
    ]);
    expect(store.rows('SELECT action, replaced_id FROM occurrences')).toEqual([
      { action: 'created', replaced_id: null },
      { action: 'created', replaced_id: null },
    ]);
    expect(
      store.rows("SELECT name, value FROM totals WHERE name IN ('patterns', 'lineages')"),
    ).toEqual([
      { name: 'lineages', value: 2 },
      { name: 'patterns', value: 2 },
    ]);
    expect(findings()).toEqual([]);
  });

  it('stays forgotten when its events arrive again, and is recorded again from now on', () => {
    forget({ session: 'one' }, 2_000_000);
    store.arrive([
      { payload: hook.write('t1', '/w/one/a.ts', A, of('one')), registration: 'plugin' },
      { payload: hook.event('Stop', of('one')), registration: 'plugin' },
      // Never seen before, but from the forgotten time.
      { payload: hook.write('t9', '/w/one/z.ts', B, of('one')), at: 1_999_999 },
    ]);
    expect(store.value("SELECT count(*) FROM events WHERE session_id = 'one'")).toBe(0);
    store.arrive([{ payload: hook.write('t10', '/w/one/z.ts', B, of('one')), at: 2_000_001 }]);
    expect(store.value("SELECT count(*) FROM events WHERE session_id = 'one'")).toBe(1);
  });

  it('leaves what another one has to tell the server in order', () => {
    forget({ session: 'one' });
    const rows = store.rows<{ event_type: string; body: string }>(
      'SELECT event_type, body FROM outbox ORDER BY id',
    );
    // The first pattern was told by the forgotten session, and is introduced instead.
    expect(rows.map(({ event_type }) => event_type)).toEqual([
      'pattern_created',
      'pattern_applied',
      'pattern_created',
    ]);
    expect(
      rows.map(({ body }) => (JSON.parse(body) as { parent_pattern_ids: [] }).parent_pattern_ids),
    ).toEqual([[], [], []]);
  });
});

describe('a text', () => {
  const arrivals: Arrival[] = [
    { payload: hook.event('UserPromptSubmit', { prompt: `remember ${SECRET}` }) },
    { payload: hook.pre('t1', 'Bash', { command: `echo '${SECRET}'` }) },
    { payload: hook.post('t1', 'Bash', { command: 'x' }, { tool_response: { stdout: 'ok' } }) },
    { payload: hook.failure('t2', 'Bash', `no such thing: ${SECRET}`) },
    { payload: hook.write('t3', '/w/s.ts', `const plan = \`${SECRET}\`;\n`) },
    {
      payload: hook.post(
        't4',
        'Read',
        { file_path: '/w/x.json' },
        { tool_response: JSON.stringify({ SECRET }) },
      ),
    },
    {
      payload: hook.post(
        't5',
        'Read',
        { file_path: '/w/x.json' },
        { tool_response: { [SECRET]: 1 } },
      ),
    },
    { payload: hook.write('t6', '/w/kept.ts', A) },
  ];

  it('goes from everywhere, however JSON writes it', () => {
    store.arrive(arrivals);
    const removed = forget({ match: SECRET });
    expect(removed).toMatchObject({ events: 7, toolCalls: 5, patterns: 1, sessions: 0 });
    const left = everything();
    expect(left).not.toContain('Tuesday');
    expect(store.value('SELECT count(*) FROM events')).toBe(1);
    expect(store.rows('SELECT prompts FROM sessions')).toEqual([{ prompts: 0 }]);
    expect(findings()).toEqual([]);
  });

  it('is only looked for within the other criteria', () => {
    store.arrive(arrivals);
    store.arrive([
      { payload: hook.write('u1', '/w/s.ts', `const plan = \`${SECRET}\`;\n`, of('two')) },
    ]);
    expect(forget({ match: SECRET, session: 'two' })).toMatchObject({
      events: 1,
      patterns: 0,
      keptPatterns: 1,
    });
    expect(everything()).toContain('Tuesday');
    expect(findings()).toEqual([]);
  });

  it('goes with a pattern whose payload is gone already', () => {
    store.arrive(arrivals);
    store.database.exec('UPDATE events SET payload = NULL');
    forget({ match: 'Tuesday' });
    expect(everything()).not.toContain('Tuesday');
  });
});

describe('a file', () => {
  it('goes from what is known to have changed unseen', () => {
    const bashEditDiff = {
      files: [{ filePath: '/w/p/key.ts', hunks: [], deleted: true }],
      changedFiles: ['/w/p/key.ts', '/w/p/other.ts'],
    };
    const response = { tool_response: { bashEditDiff } };
    store.take(hook.post('t1', 'Bash', { command: './clean' }, response), {
      ...hook.post('t2', 'Bash', { command: './clean' }, response),
      session_id: 'another',
    });
    expect(store.value('SELECT count(*) FROM file_changes')).toBe(4);
    forget({ files: ['/w/p/key.ts'], session: 's1' });
    expect(store.rows('SELECT tool_use_id, file_path FROM file_changes')).not.toContainEqual(
      expect.objectContaining({ file_path: '/w/p/key.ts' }),
    );
    expect(findings()).toEqual([]);
  });

  it('goes with the calls that wrote, read or named it, and no other file does', () => {
    store.take(
      hook.write('t1', '/w/p/key.ts', A),
      hook.post('t2', 'Read', { file_path: '/w/p/key.ts' }),
      hook.post('t3', 'Bash', { command: 'cat /w/p/key.ts' }),
      hook.post('t4', 'Bash', { command: 'cat /w/p/key.tsx /w/p/key.ts.bak /x/w/p/key.ts' }),
      hook.write('t5', '/w/p/key.tsx', B),
    );
    expect(forget({ files: ['/w/p/key.ts'] })).toMatchObject({
      events: 3,
      patterns: 1,
      fileStates: 1,
    });
    expect(store.rows('SELECT tool_use_id FROM tool_calls ORDER BY at')).toEqual([
      { tool_use_id: 't4' },
      { tool_use_id: 't5' },
    ]);
    expect(findings()).toEqual([]);
  });
});

describe('a file by its other names', () => {
  const at = (cwd: string, fields = {}) => ({ cwd, ...fields });

  it.each([
    ['relative', hook.post('t2', 'Read', { file_path: 'sec.ts' }, at('/abs'))],
    ['relative from below', hook.post('t2', 'Read', { file_path: '../sec.ts' }, at('/abs/sub'))],
    ['not normal', hook.post('t2', 'Read', { file_path: '/abs/./a/../sec.ts' }, at('/x'))],
    ['in a command', hook.post('t2', 'Bash', { command: 'cat ./sec.ts|head' }, at('/abs'))],
    [
      'in an output',
      hook.post(
        't2',
        'Bash',
        { command: 'grep -rn x' },
        at('/abs', { tool_response: { stdout: 'sec.ts:1:x' } }),
      ),
    ],
    ['in a prompt', hook.event('UserPromptSubmit', at('/abs', { prompt: 'mend sec.ts, please' }))],
  ])('goes where it is %s', (_, named) => {
    store.take(
      named,
      hook.post('t3', 'Read', { file_path: 'sec.ts' }, at('/other')),
      hook.post('t4', 'Read', { file_path: '/abs/sec.tsx' }, at('/abs')),
      hook.write('t5', '/abs/readme.md', 'see sec.ts\n', at('/abs')),
    );
    expect(forget({ files: ['/abs/sec.ts'] })).toMatchObject({ events: 1 });
    expect(store.value('SELECT count(*) FROM events')).toBe(3);
    expect(findings()).toEqual([]);
  });
});

describe('a pattern', () => {
  it('goes with its calls, and from the payloads of others', () => {
    store.take(
      hook.write('t1', '/w/a.ts', A),
      hook.post(
        't2',
        'Read',
        { file_path: '/w/a.ts' },
        { tool_response: { file: { content: A } } },
      ),
      hook.edit('t3', '/w/a.ts', A, B),
      hook.edit('t4', '/w/a.ts', B, C),
    );
    const id = String(store.value(`SELECT id FROM patterns WHERE code LIKE '%alpha%'`));
    expect(forget({ pattern: id })).toMatchObject({ events: 1, patterns: 1, payloads: 2 });
    expect(everything()).not.toMatch(new RegExp(`alpha|"${id}"`));
    expect(
      store.rows('SELECT code, generation, origin FROM patterns ORDER BY first_seen_at'),
    ).toEqual([
      { code: B, generation: 1, origin: 'created' },
      { code: C, generation: 2, origin: 'modified' },
    ]);
    expect(findings()).toEqual([]);
  });
});

describe('the code of a pattern in other payloads', () => {
  const lines = Array.from(
    { length: 4_000 },
    (_, n) => `  export const value${n} = ${n * 7}; // zebra`,
  );
  const LONG = `${lines.join('\n')}\n`;
  const numbered = (from: number, to: number, sign: string) =>
    lines
      .slice(from, to)
      .map((line, n) => `${String(from + n + 1).padStart(6)}${sign}${line}`)
      .join('\n');
  const file = (content: string) => ({ tool_response: { file: { content } } });
  const shown: readonly (readonly [string, Record<string, unknown>])[] = [
    ['cut', file(LONG)],
    ['cut after other code', file(`// first\nimport x from 'x';\n${LONG}`)],
    ['cut within a JSON document', { tool_response: JSON.stringify(file(LONG)) }],
    [
      'cut by Claude Code',
      {
        tool_response: {
          stdout: `${lines.slice(0, 90).join('\n')}\n\n... [3910 lines truncated] ...`,
        },
      },
    ],
    ['numbered by cat -n', { tool_response: { stdout: numbered(0, 4_000, '\t') } }],
    ['numbered, as Claude sees it', { tool_response: numbered(0, 4_000, '→') }],
    ['read in part', file(lines.slice(2_000, 2_010).join('\n'))],
    ['read in part, numbered', { tool_response: { stdout: numbered(100, 140, '\t') } }],
    ['at the end of a part', file(`import y;\n${lines.slice(0, 20).join('\n')}`)],
    ['at the beginning of a part', file(`${lines.slice(3_980).join('\n')}\nexport {};`)],
    [
      'in a patch',
      { tool_response: { structuredPatch: [{ lines: lines.slice(5, 9).map((l) => `-${l}`) }] } },
    ],
    [
      'in a diff',
      {
        tool_response: {
          stdout: lines
            .slice(5, 9)
            .map((l) => `+${l}`)
            .join('\n'),
        },
      },
    ],
    [
      'found by grep',
      {
        tool_response: {
          stdout: lines
            .slice(5, 9)
            .map((l, n) => `a.ts:${n + 6}:${l}`)
            .join('\n'),
        },
      },
    ],
  ];

  it.each(shown)('goes where it is %s', (_, response) => {
    store.take(
      hook.write('t1', '/w/a.ts', LONG, of('c')),
      hook.post('t2', 'Read', { file_path: '/w/a.ts' }, { ...of('d'), ...response }),
      hook.post('t3', 'Read', { file_path: '/w/b.ts' }, { ...of('d'), ...file(A) }),
    );
    const id = String(store.value('SELECT id FROM patterns'));
    expect(forget({ pattern: id })).toMatchObject({ events: 1, patterns: 1, payloads: 1 });
    expect(everything()).not.toContain('zebra');
    expect(everything()).toContain('alpha');
  });

  it('goes where a line that is cut holds it', () => {
    const minified = `const zebra={${'a:1,'.repeat(30_000)}};`;
    store.take(
      hook.write('t1', '/w/a.js', minified, of('c')),
      hook.post(
        't2',
        'Bash',
        { command: 'cat' },
        { ...of('d'), tool_response: { stdout: `x;${minified}` } },
      ),
    );
    const id = String(store.value('SELECT id FROM patterns'));
    expect(forget({ pattern: id })).toMatchObject({ payloads: 1 });
    expect(everything()).not.toContain('zebra');
  });

  it.each([
    [`${A}  return null;\n}\n`, '  return null;\n}\nconst other = 1;\n'],
    [A, 'const other = 1;\ne'],
    [A, '}'],
  ])('stays where only short parts are alike', (code, other) => {
    store.take(
      hook.write('t1', '/w/a.ts', code),
      hook.post('t2', 'Read', { file_path: '/w/b.ts' }, file(other)),
    );
    const id = String(store.value('SELECT id FROM patterns'));
    expect(forget({ pattern: id })).toMatchObject({ events: 1, payloads: 0 });
  });
});

describe('a project', () => {
  const inB = (fields = {}) => of('B', fields);

  it('goes with its files, whoever wrote or read them, and with commands that name it', () => {
    store.take(
      hook.event('SessionStart', { session_id: 'own', cwd: '/w/A' }),
      hook.event('UserPromptSubmit', inB({ prompt: 'compare' })),
      hook.write('t1', '/w/A/y.ts', A, inB()),
      hook.post(
        't2',
        'Read',
        { file_path: '/w/A/x.ts' },
        inB({ tool_response: { file: { content: B } } }),
      ),
      hook.post('t3', 'Bash', { command: 'cat ../A/x.ts' }, inB({ tool_response: { stdout: B } })),
      hook.post('t4', 'Grep', { pattern: 'x', path: '/w/A' }, inB({ tool_response: B })),
      hook.event(
        'PostToolBatch',
        inB({
          tool_calls: [
            {
              tool_name: 'Read',
              tool_input: { file_path: '/w/A/x.ts' },
              tool_use_id: 't2',
              tool_response: B,
            },
          ],
        }),
      ),
      hook.write('t5', '/w/B/kept.ts', `${C}// as /w/A/x.ts does\n`, inB()),
      hook.post('t6', 'Read', { file_path: '/w/A-other/x.ts' }, inB()),
    );
    forget({ projects: ['/w/A'] });
    expect(everything()).not.toMatch(/alpha|beta/);
    expect(store.rows('SELECT tool_use_id FROM tool_calls ORDER BY at')).toEqual([
      { tool_use_id: 't5' },
      { tool_use_id: 't6' },
    ]);
    expect(store.rows('SELECT file_path FROM file_states')).toEqual([
      { file_path: '/w/B/kept.ts' },
    ]);
    expect(store.rows('SELECT id, prompts FROM sessions')).toEqual([{ id: 'B', prompts: 1 }]);
    expect(findings()).toEqual([]);
  });

  it('goes with its files when payloads are gone already', () => {
    store.take(
      hook.write('t1', '/w/A/y.ts', A, inB()),
      hook.post('t2', 'Bash', { command: 'cat /w/A/x.ts' }, inB()),
      hook.write('t3', '/w/B/kept.ts', C, inB()),
    );
    store.database.exec('UPDATE events SET payload = NULL');
    expect(forget({ projects: ['/w/A'] })).toMatchObject({ toolCalls: 2, patterns: 1 });
    expect(everything()).not.toMatch(/alpha|\/w\/A/);
  });
});

describe('a project and a time', () => {
  it('choose calls as a whole', () => {
    store.arrive([
      { payload: hook.pre('t1', 'Bash', {}, of('one')), at: 1_000 },
      { payload: hook.post('t1', 'Bash', {}, of('one')), at: 3_000 },
      { payload: hook.write('t2', '/w/one/a.ts', A, of('one')), at: 4_000 },
      { payload: hook.write('t3', '/w/two/a.ts', A, of('two')), at: 1_000 },
    ]);
    expect(forget({ projects: ['/w/one'], until: 2_000 })).toMatchObject({
      events: 2,
      toolCalls: 1,
      sessions: 0,
    });
    expect(store.rows("SELECT started_at FROM sessions WHERE id = 'one'")).toEqual([
      { started_at: 4_000 },
    ]);
    expect(forget({ projects: ['/w/one'] })).toMatchObject({ events: 1, sessions: 1, patterns: 0 });
    expect(count('projects')).toBe(1);
    expect(everything()).not.toContain('/w/one');
    expect(findings()).toEqual([]);
  });

  it('leave what was recorded after the user asked', () => {
    store.arrive([{ payload: hook.write('t1', '/w/a.ts', A), at: 2_000 }]);
    expect(forget({ session: 's1' }, 1_000)).toMatchObject({ events: 0, patterns: 0 });
  });
});

describe('what follows from calls and code', () => {
  it('goes from the full-text index, and the others are indexed again', async () => {
    store.take(
      hook.write('t1', '/w/a.ts', 'const zebraword = 1;\n'),
      hook.write('t2', '/w/b.ts', B),
    );
    store.database.exec(`
      INSERT INTO pattern_search (rowid, name, code, pattern_id) SELECT rowid, name, code, id FROM
        (SELECT row_number() OVER () AS rowid, name, code, id FROM patterns);
      DELETE FROM search_queue`);
    forget({ match: 'zebraword' });
    expect(await wipe(store.database, 5_000)).toBe(true);
    expect(readFileSync(store.database.name, 'latin1')).not.toContain('zebraword');
    expect(count('search_queue')).toBe(1);
    expect(findings()).toEqual([]);
  });

  it('goes from what waits for the collector, and of a pattern that nothing wrote', () => {
    store.remove();
    store = new TestStore({ otlp: { endpoint: 'http://127.0.0.1:9' } });
    store.take(
      hook.post('t1', 'Bash', { command: `echo ${SECRET}` }),
      hook.post('t2', 'Bash', { command: 'ls' }),
    );
    store.database
      .exec(`INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
      occurrences, first_seen_at, last_seen_at)
      VALUES ('00', 'x', 'the Tuesday code', 'text', 1, 'created', 1, '00', 0, 1, 1)`);
    expect(forget({ match: 'Tuesday' })).toMatchObject({ outbox: 1, patterns: 1 });
    expect(everything()).not.toContain('Tuesday');
    expect(count('outbox')).toBe(1);
  });

  it('knows its own words from what was recorded', () => {
    store.take(hook.write('t1', '/w/a.ts', A), hook.event('Stop', { note: 'alpha' }));
    expect(ownTraces(store.database, ['PostToolUse', 'file_states', 'alpha'])).toEqual([
      'PostToolUse',
      'file_states',
    ]);
    expect(keptTraces(store.database, ['PostToolUse!', 'alpha'])).toEqual(['alpha']);
  });
});
