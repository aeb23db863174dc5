import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { patternId } from '../../lib/pattern/identify.ts';
import { unpackedRows } from '../support/unpacked-rows.ts';
import { hook, TestStore } from '../delivery/test-store.ts';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

const id = (code: string) => patternId(code, { scheme: 'sha16-code' });
const lineage = () =>
  store.rows(`SELECT p.code, p.origin, p.generation, parent.code AS parent
    FROM patterns p LEFT JOIN lineage_edges e ON e.child_id = p.id
    LEFT JOIN patterns parent ON parent.id = e.parent_id ORDER BY p.first_seen_at, p.code`);
const actions = () =>
  store.rows('SELECT action FROM occurrences ORDER BY at, ordinal').map((row) => row['action']);
const count = (table: string) => store.value(`SELECT count(*) FROM ${table}`);

describe('an event that comes more than once', () => {
  const stop = hook.event('Stop');

  it('is one event when its spool file is read again', () => {
    const arrival = { payload: stop, at: 5, spoolName: 'a.settings' };
    store.arrive([arrival]);
    store.arrive([arrival]);
    expect(count('events')).toBe(1);
  });

  it('is one event when both the settings and the plugin bring it', () => {
    store.arrive([
      { payload: stop, registration: 'settings' },
      { payload: stop, registration: 'plugin' },
      { payload: hook.pre('t1', 'Read', {}), registration: 'plugin' },
      { payload: hook.pre('t1', 'Read', {}), registration: 'settings' },
    ]);
    expect(count('events')).toBe(2);
    expect(store.value("SELECT value FROM counters WHERE name = 'duplicates'")).toBe(2);
  });

  it('is two events when one way brings it twice: Claude did stop twice', () => {
    store.take(stop, stop);
    store.arrive([
      { payload: stop, registration: 'plugin' },
      { payload: stop, registration: 'plugin' },
    ]);
    expect(count('events')).toBe(2);
  });

  it('is one tool call even if the file comes under another name', () => {
    store.take(hook.pre('t1', 'Read', {}), hook.pre('t1', 'Read', {}));
    expect(count('events')).toBe(1);
  });
});

describe('an event that would take the courier too long', () => {
  it.each([
    ['keys', Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`k${index}`, 1]))],
    ['items', Array.from({ length: 300_000 }, () => 1)],
  ])('has too many %s, and is set aside unparsed', (_, many) => {
    const bad = store.take(hook.event('Stop', { many }), hook.event('Stop'));
    expect(bad.map(({ reason }) => reason)).toEqual(['too-complex']);
    expect(count('events')).toBe(1);
  });

  it('has a number of endless digits, and is set aside unparsed', () => {
    const path = join(store.folder, 'digits.settings');
    writeFileSync(path, `{"session_id":"s","hook_event_name":"Stop","n":${'9'.repeat(2_000)}}`);
    const file = { name: 'digits.settings', path, writtenAt: 5, size: 2_050 };
    expect(store.takeFiles(file).map(({ reason }) => reason)).toEqual(['too-complex']);
  });

  it('has too many calls, of which the first are kept and the others counted', () => {
    const calls = Array.from({ length: 1_500 }, (_, index) => ({
      id: `t${index}`,
      name: 'Read',
      response: '',
    }));
    expect(store.take(hook.batch(...calls))).toEqual([]);
    expect(count('tool_calls')).toBe(1_000);
    expect(
      store.value("SELECT payload_text(payload) ->> '$.tool_calls_left_out' FROM events"),
    ).toBe(500);
    expect(store.value("SELECT value FROM counters WHERE name = 'narrowed'")).toBe(1);
  });
});

describe('the version of Claude Code', () => {
  const transcript = join(tmpdir(), `transcript-${process.pid}.jsonl`);
  afterEach(() => rmSync(transcript, { force: true }));
  const version = () => store.value("SELECT value FROM meta WHERE key = 'claude_version'");
  const event = (name: string) => hook.event(name, { transcript_path: transcript });

  it('is taken from the transcript of a session that begins or ends a turn', () => {
    store.take(event('SessionStart')); // there is no transcript yet
    expect(version()).toBeUndefined();
    writeFileSync(transcript, '{"type":"user","version":"2.1.330"}\n');
    store.take(event('Stop'));
    expect(version()).toBe('2.1.330');
    writeFileSync(transcript, '{"type":"user","version":"2.1.332"}\n');
    store.take(event('SessionStart'));
    expect(version()).toBe('2.1.332');
  });

  it('is not looked for at every tool call', () => {
    writeFileSync(transcript, '{"type":"user","version":"2.1.330"}\n');
    store.newestClaude = '2.1.332';
    store.take(event('PostToolUse'));
    expect(version()).toBeUndefined();
  });

  it('is the newest one installed when a session begins, until its transcript tells', () => {
    store.newestClaude = '2.1.330';
    store.take(event('SessionStart'));
    expect(version()).toBe('2.1.330');
    writeFileSync(transcript, '{"type":"user","version":"2.1.330"}\n');
    store.newestClaude = '2.1.332'; // an update; then the session is resumed
    store.take(event('SessionStart'));
    expect(version()).toBe('2.1.332');
    writeFileSync(transcript, '{"type":"user","version":"2.1.331"}\n'); // another one of this machine
    store.take(event('Stop'));
    expect(version()).toBe('2.1.331');
  });
});

describe('lineage', () => {
  it('follows a file from its first write over its edits: generations 1, 2, 3', () => {
    store.take(
      hook.write('1', '/p/a.ts', 'const one = 1;\nconst two = 2;\n'),
      hook.edit('2', '/p/a.ts', 'const two = 2;', 'const two = "zwei";'),
      hook.edit('3', '/p/a.ts', '"zwei"', '"deux"'),
    );
    expect(lineage()).toEqual([
      { code: 'const one = 1;\nconst two = 2;\n', origin: 'created', generation: 1, parent: null },
      {
        code: 'const two = "zwei";',
        origin: 'modified',
        generation: 2,
        parent: 'const one = 1;\nconst two = 2;\n',
      },
      { code: '"deux"', origin: 'modified', generation: 3, parent: 'const two = "zwei";' },
    ]);
    expect(store.rows('SELECT DISTINCT lineage_id FROM patterns')).toHaveLength(1);
  });

  it('finds the parent of an edit across what an earlier edit left', () => {
    store.take(
      hook.write('1', '/p/a.ts', 'a\nb\nc\n'),
      hook.edit('2', '/p/a.ts', 'b', 'B'),
      hook.edit('3', '/p/a.ts', 'a\nB\nc', 'all new'),
    );
    expect(lineage().at(-1)).toMatchObject({ code: 'all new', parent: 'a\nb\nc\n', generation: 2 });
  });

  it('has the latest fragment of a file as parent of a Write over it', () => {
    store.take(
      hook.write('1', '/p/a.ts', 'first'),
      hook.edit('2', '/p/a.ts', 'first', 'second'),
      hook.write('3', '/p/a.ts', 'third'),
    );
    expect(lineage().at(-1)).toMatchObject({ code: 'third', parent: 'second', generation: 3 });
  });

  it('does not connect what lies in different files', () => {
    store.take(
      hook.write('1', '/p/a.ts', 'same words'),
      hook.edit('2', '/p/b.ts', 'words', 'else'),
    );
    expect(lineage().map((row) => row['parent'])).toEqual([null, null]);
  });

  it('calls known code elsewhere applied, and going back to it no descent', () => {
    store.take(
      hook.write('1', '/p/a.ts', 'A'),
      hook.write('2', '/p/b.ts', 'A'),
      hook.write('3', '/p/a.ts', 'B'),
      hook.write('4', '/p/a.ts', 'A'),
    );
    expect(actions()).toEqual(['created', 'applied', 'modified', 'applied']);
    expect(count('lineage_edges')).toBe(1);
    expect(store.value(`SELECT occurrences FROM patterns WHERE id = '${id('A')}'`)).toBe(3);
  });

  it('lets the earliest occurrence be the origin, though it arrives last', () => {
    store.arrive([
      { payload: hook.write('2', '/p/b.ts', 'code', { session_id: 's2' }), at: 2000 },
      { payload: hook.write('3', '/p/b.ts', 'child', { session_id: 's2' }), at: 3000 },
      { payload: hook.write('0', '/p/a.ts', 'root', { session_id: 's1' }), at: 500 },
      { payload: hook.write('1', '/p/a.ts', 'code', { session_id: 's1' }), at: 1000 },
    ]);
    expect(lineage()).toEqual([
      { code: 'root', origin: 'created', generation: 1, parent: null },
      { code: 'code', origin: 'modified', generation: 2, parent: 'root' },
      { code: 'child', origin: 'modified', generation: 3, parent: 'code' },
    ]);
    expect(actions()).toEqual(['created', 'modified', 'applied', 'modified']);
    expect(store.rows('SELECT DISTINCT lineage_id FROM patterns')).toEqual([
      { lineage_id: id('root') },
    ]);
  });

  it('follows each place of a replace_all as an occurrence of one edit', () => {
    const structuredPatch = [
      { oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: ['-x', '-x', '+y', '+y'] },
    ];
    store.take(
      hook.write('1', '/p/a.ts', 'x\nx\n'),
      hook.post(
        '2',
        'Edit',
        { file_path: '/p/a.ts', old_string: 'x', new_string: 'y', replace_all: true },
        { tool_response: { structuredPatch } },
      ),
      hook.edit('3', '/p/a.ts', 'y\ny\n', 'z'),
    );
    expect(
      store.rows(
        'SELECT action, start_line FROM occurrences WHERE tool_use_id = 2 ORDER BY ordinal',
      ),
    ).toEqual([
      { action: 'modified', start_line: 1 },
      { action: 'applied', start_line: 2 },
    ]);
    expect(lineage().at(-1)).toMatchObject({ code: 'z', parent: 'y' });
  });

  it('makes no pattern of a call that failed', () => {
    store.take(
      hook.failure('1', 'Write', 'no', { tool_input: { file_path: '/p/a.ts', content: 'x' } }),
    );
    expect(count('patterns')).toBe(0);
  });

  it('knows code by path and beginning in the legacy scheme', () => {
    const legacy = new TestStore({ patterns: { id_scheme: 'path200' } });
    legacy.take(
      hook.write('1', 'src/a.ts', 'export const a = 1;\n'),
      hook.write('2', 'src/b.ts', 'export const a = 1;\n'),
    );
    expect(legacy.rows('SELECT id FROM patterns ORDER BY first_seen_at')).toEqual([
      { id: '0ae981458b06a19c' },
      { id: '5025ef6e884db24b' },
    ]);
    legacy.remove();
  });
});

describe('a session', () => {
  it('has start, end, source, project, branch, prompts', () => {
    const project = join(store.folder, 'repo');
    mkdirSync(join(project, '.git'), { recursive: true });
    mkdirSync(join(project, 'src'));
    writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/feature/x\n');
    const cwd = join(project, 'src');
    store.take(
      hook.event('SessionStart', { source: 'startup', cwd }),
      hook.event('UserPromptSubmit', { prompt: 'hi', cwd }),
      hook.event('UserPromptSubmit', { prompt: '<task-notification>', cwd }),
      hook.event('SessionEnd', { reason: 'other', cwd: '/elsewhere' }),
    );
    expect(
      store.rows(`SELECT started_at, ended_at, source, end_reason, cwd, git_branch, prompts, p.root, p.name
        FROM sessions JOIN projects p ON p.id = project_id`),
    ).toEqual([
      {
        started_at: 1_001_000,
        ended_at: 1_004_000,
        source: 'startup',
        end_reason: 'other',
        cwd,
        git_branch: 'feature/x',
        prompts: 1,
        root: project,
        name: 'repo',
      },
    ]);
  });

  it('runs again when it is resumed', () => {
    const ended = () => store.value('SELECT ended_at FROM sessions');
    store.take(hook.event('SessionStart'), hook.event('SessionEnd'));
    expect(ended()).toBe(1_002_000);
    store.take(hook.event('SessionStart', { source: 'resume' }));
    expect(ended()).toBeNull();
    store.take(hook.event('SessionEnd'));
    expect(ended()).toBe(1_004_000);
  });

  it('has its subagents with their times', () => {
    store.take(
      hook.event('SubagentStart', { agent_id: 'a', agent_type: 'Explore' }),
      hook.event('SubagentStop', { agent_id: 'a' }),
    );
    expect(store.rows('SELECT agent_type, started_at, ended_at FROM subagents')).toEqual([
      { agent_type: 'Explore', started_at: 1_001_000, ended_at: 1_002_000 },
    ]);
  });
});

describe('what is stored', () => {
  it('holds no secret: neither the payload nor the pattern, and the id is of what is stored', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    store.take(hook.write('1', '/p/a.ts', `const t = '${secret}';`));
    const everything = JSON.stringify([
      store.rows('SELECT * FROM events'),
      store.rows('SELECT * FROM patterns'),
      unpackedRows(store.rows('SELECT * FROM file_states')),
      store.rows('SELECT * FROM tool_calls'),
    ]);
    expect(everything).not.toContain(secret);
    const [pattern] = store.rows<{ id: string; code: string }>('SELECT id, code FROM patterns');
    expect(pattern?.code).toContain('[redacted:');
    expect(pattern?.id).toBe(id(pattern?.code ?? ''));
    expect(store.value("SELECT value FROM counters WHERE name = 'redactions'")).toBeGreaterThan(0);
  });

  it('leaves whole-file copies out of the raw payload, and cuts long strings', () => {
    const content = 'x'.repeat(100_000);
    store.take(
      hook.write('1', '/p/a.ts', content, {
        tool_response: { content, originalFile: 'old', type: 'update' },
      }),
    );
    const payload = JSON.parse(String(store.value('SELECT payload_text(payload) FROM events')));
    expect(payload.tool_response).toEqual({
      content: '[left out: 100000 characters]',
      originalFile: '[left out: 3 characters]',
      type: 'update',
    });
    expect(payload.tool_input.content).toMatch(/^x{65536}\[cut: 100000 bytes in all\]$/);
    expect(store.value('SELECT length(code) FROM patterns')).toBe(100_000);
  });

  it('keeps an event it does not know, with all its fields', () => {
    store.take(hook.event('SomethingNew', { odd: { deep: [1, null] } }));
    expect(
      JSON.parse(String(store.value('SELECT payload_text(payload) FROM events'))),
    ).toMatchObject({
      hook_event_name: 'SomethingNew',
      odd: { deep: [1, null] },
    });
  });
});
