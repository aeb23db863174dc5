import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TranscriptImport } from '../../../lib/ingest/transcripts/transcript-import.ts';
import type { SpoolFile } from '../../../lib/ingest/spool/spool-reader.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { removeChosen } from '../../../lib/store/maintenance/forget/removal.ts';
import type { TranscriptProof } from '../../../lib/store/writers/transcript-proofs.ts';
import { tellSession } from '../../../lib/transcript/claude-code/session-teller.ts';
import { findSessions } from '../../../lib/transcript/claude-code/transcript-files.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';
import type { Payload } from '../../delivery/test-store.ts';
import {
  FORK,
  REAL_TRANSCRIPTS,
  Records,
  SESSION,
  TranscriptFolder,
} from '../../transcript/sample-transcript.ts';

const FILE = '/home/dev/project/a.ts';
const redactor = createRedactor();
const LATER = Date.UTC(2026, 10, 25);

let store: TestStore;
let folder: TranscriptFolder;
let make: Records;
beforeEach(() => {
  store = new TestStore();
  folder = new TranscriptFolder();
  make = new Records();
});
afterEach(() => {
  store.remove();
  folder.remove();
});

const importer = (now = LATER, onProof: (proof: TranscriptProof) => void = () => {}) =>
  new TranscriptImport(store.database, {
    clock: () => now,
    take: (batch) => expect(store.takeFiles(...batch)).toEqual([]),
    clean: (text) => redactor.redactText(text).text,
    onProof,
  });

async function imported(path = folder.path, now = LATER): Promise<TranscriptProof[]> {
  const proofs: TranscriptProof[] = [];
  const transcripts = importer(now, (proof) => proofs.push(proof));
  for (const session of findSessions([path])) await transcripts.session(session);
  transcripts.flush();
  return proofs;
}

const main = (...records: object[]) => folder.write(`-p/${SESSION}.jsonl`, ...records);
const count = (table: string) => Number(store.value(`SELECT count(*) FROM ${table}`));
const calls = () =>
  store.rows('SELECT tool_use_id AS id, outcome, recovered FROM tool_calls ORDER BY started_at, 1');

/** What hooks would have brought of the same session, a little earlier and with what only they know. */
function asHooks(path = folder.path): { payload: Payload; at: number }[] {
  const seen = new Set<string>(); // a fork has copies
  return findSessions([path]).flatMap((session) =>
    [...tellSession(session)].flatMap((told) => {
      if (told.kind === 'turn') {
        if (seen.has(told.key)) return [];
        seen.add(told.key);
      }
      if (told.kind === 'turn') return [{ payload: told.payload, at: told.at - 700 }];
      if (told.kind !== 'call') return [];
      return [told.begin, told.end].flatMap((event) => {
        if (event === undefined) return [];
        const { git_branch: _, ...payload } = event.payload;
        return [{ payload: { ...payload, duration_ms: 5 }, at: event.at - 700 }];
      });
    }),
  );
}

describe('a session that was not recorded', () => {
  const write = { file_path: FILE, content: 'export const a = 1;\n' };
  const edit = { file_path: FILE, old_string: 'a = 1', new_string: 'a = 2' };
  const session = () => [
    make.prompt('write a'),
    make.calls([['t1', 'Write', write]]),
    make.result('t1', {
      type: 'create',
      filePath: FILE,
      content: write.content,
      structuredPatch: [],
    }),
    make.calls([['t2', 'Edit', edit]]),
    make.result('t2', {
      filePath: FILE,
      originalFile: write.content,
      structuredPatch: [
        {
          oldStart: 1,
          oldLines: 1,
          newStart: 1,
          newLines: 1,
          lines: ['-export const a = 1;', '+export const a = 2;'],
        },
      ],
    }),
    make.calls([['t3', 'Bash', { command: 'false' }]]),
    make.failure('t3', 'Exit code 1', {
      permissionDecision: { decision: 'accept', source: 'config', reasonType: 'mode' },
    }),
    make.done(),
  ];

  it('has its calls, patterns and lineage, and the tokens and models that only its transcript tells', async () => {
    main(...session());
    expect(await imported()).toMatchObject([
      { calls: 3, tracked: 3, extra: 0, recovered: 3, reasons: { recording_off: 3 } },
    ]);
    expect(calls()).toEqual([
      { id: 't1', outcome: 'ok', recovered: 1 },
      { id: 't2', outcome: 'ok', recovered: 1 },
      { id: 't3', outcome: 'failed', recovered: 1 },
    ]);
    expect(store.rows('SELECT code, origin, generation FROM patterns ORDER BY generation')).toEqual(
      [
        { code: 'export const a = 1;\n', origin: 'created', generation: 1 },
        { code: 'a = 2', origin: 'modified', generation: 2 },
      ],
    );
    expect(store.rows('SELECT prompts, git_branch, model FROM sessions')).toEqual([
      { prompts: 1, git_branch: 'main', model: 'claude-x' },
    ]);
    expect(
      store.rows('SELECT sum(input_tokens) AS i, sum(output_tokens) AS o FROM message_usage'),
    ).toEqual([{ i: 40, o: 8 }]);
    expect(store.value("SELECT permission_reason FROM tool_calls WHERE tool_use_id = 't3'")).toBe(
      'mode',
    );
  });

  it('has no end that a copy of its call does not tell, and no tokens below none', async () => {
    const call = make.calls([['t1', 'Bash', { command: 'true' }]]);
    const usage = { input_tokens: -5, output_tokens: 7 };
    const answer = { id: 'msg_less', model: 'claude-x', content: [], usage };
    main(call, make.result('t1', {}), make.record('assistant', { message: answer }), call);
    expect(await imported()).toMatchObject([{ calls: 1, reasons: { recording_off: 1 } }]);
    expect(
      store.rows(
        "SELECT input_tokens AS i, output_tokens AS o FROM message_usage WHERE message_id = 'msg_less'",
      ),
    ).toEqual([{ i: 0, o: 7 }]);
  });

  it('has the largest tokens of an answer that is told several times, whatever is told last', async () => {
    const answer = (output_tokens: number) => {
      const usage = { input_tokens: 10, output_tokens };
      return make.record('assistant', {
        message: { id: 'msg', model: 'claude-x', content: [], usage },
      });
    };
    main(make.calls([['t1', 'Bash', {}]]), answer(1), answer(100), answer(5));
    await imported();
    const output = "SELECT output_tokens FROM message_usage WHERE message_id = 'msg'";
    expect(store.value(output)).toBe(100);
  });

  it('is counted beside another one whose records bear the same ids', async () => {
    let stored = 0;
    const take = (batch: readonly SpoolFile[]) => {
      stored += new Set(batch.map(({ name }) => name)).size;
      return store.takeFiles(...batch);
    };
    main(make.prompt('one'), make.calls([['t1', 'Bash', {}]]));
    const other = new Records(FORK);
    folder.write(`-p/${FORK}.jsonl`, other.prompt('one'), other.calls([['t2', 'Bash', {}]]));
    const transcripts = new TranscriptImport(store.database, {
      clock: () => LATER,
      take,
      clean: (text) => text,
    });
    for (const session of findSessions([folder.path])) await transcripts.session(session);
    transcripts.flush();
    expect(stored).toBe(count('events'));
  });

  it('has two prompts that bear the same id, and one that is written twice', async () => {
    const [one, two] = [make.prompt('one'), make.prompt('two', { uuid: 'uuid-1' })];
    main(one, one, make.done(), two, make.done());
    await imported();
    expect(store.value('SELECT prompts FROM sessions')).toBe(2);
    await imported();
    expect(store.value('SELECT prompts FROM sessions')).toBe(2);
  });

  it('has payloads of which a database can give back what it was given', async () => {
    const [whole, half] = ['export const face = "\u{1f600}";', 'export const half = "\ud83d";'];
    const read = (id: string, content: string) => [
      make.calls([[id, 'Read', { file_path: FILE }]]),
      make.result(id, { type: 'text', file: { filePath: FILE, content } }),
    ];
    main(...read('t1', whole), ...read('t2', half));
    await imported();
    const content = (id: string) =>
      store.value(
        `SELECT payload_field(payload, 'tool_response.file.content') FROM events
         WHERE tool_use_id = '${id}' AND name = 'PostToolUse'`,
      );
    expect(content('t1')).toBe(whole);
    expect(content('t2')).toBe(half.replace('\ud83d', '\ufffd'));
  });

  it('is not proved where a file of it cannot be read', async () => {
    const records = [make.calls([['t1', 'Bash', { command: 'true' }]]), make.result('t1', {})];
    main(...records);
    const lost = folder.write(`-p/${SESSION}/subagents/agent-a1.jsonl`, ...records);
    const [session] = findSessions([folder.path]);
    rmSync(lost);
    const proofs: TranscriptProof[] = [];
    const transcripts = importer(LATER, (proof) => proofs.push(proof));
    await transcripts.session(session!);
    transcripts.flush();
    expect(proofs).toMatchObject([{ calls: 1, isWhole: false }]);
    expect(transcripts.unchanged(session!)).toBeUndefined();
  });

  it('is redacted, and narrowed by the policy, as what hooks bring', async () => {
    const secret = 'ghp_' + 'a1B2c3D4e5'.repeat(3) + 'f6G7h8';
    main(
      make.prompt(`use ${secret}`),
      make.calls([['t1', 'Bash', { command: `echo ${secret}` }]]),
      make.result(
        't1',
        { stdout: secret },
        { permissionDecision: { decision: 'accept', source: secret, reasonCode: secret } },
      ),
      make.record('assistant', { message: { id: 'msg_x', model: secret, content: [], usage: {} } }),
    );
    const agent = folder.write(`-p/${SESSION}/subagents/agent-a1.jsonl`, make.done());
    writeFileSync(
      agent.replace(/jsonl$/, 'meta.json'),
      JSON.stringify({ model: secret, agentType: secret }),
    );
    await imported();
    for (const table of [
      'subagents',
      'sessions',
      'session_models',
      'message_usage',
      'tool_calls',
    ]) {
      expect(count(table)).toBeGreaterThan(0);
      expect(JSON.stringify(store.rows(`SELECT * FROM ${table}`))).not.toContain(secret);
    }
    expect(count('tool_calls')).toBe(1);
    expect(JSON.stringify(store.rows('SELECT payload FROM events'))).not.toContain(secret);
    expect(String(store.value('SELECT summary FROM tool_calls'))).not.toContain(secret);
  });

  it('leaves nothing where its project is not to be recorded', async () => {
    store.remove();
    store = new TestStore({
      capture: { content: 'metadata', projects: [{ path: '/home/dev/**', content: 'none' }] },
    });
    main(...session());
    expect(await imported()).toMatchObject([{ calls: 3, tracked: 0, reasons: { left_out: 3 } }]);
    for (const table of [
      'events',
      'tool_calls',
      'sessions',
      'message_usage',
      'transcript_proofs',
    ]) {
      expect([table, count(table)]).toEqual([table, 0]);
    }
  });

  it('tells its branch, and no text, where only that is to be recorded', async () => {
    store.remove();
    store = new TestStore({ capture: { content: 'metadata' } });
    main(...session());
    await imported();
    expect(store.rows('SELECT git_branch, model FROM sessions')).toEqual([
      { git_branch: 'main', model: 'claude-x' },
    ]);
    const texts = JSON.stringify([store.rows('SELECT payload FROM events'), calls()]);
    expect(texts).not.toContain('export const');
    expect(texts).not.toContain('write a');
  });

  it('is the same however often, and after however little of it was taken', async () => {
    main(...session());
    for (const left of [1, 2, 3, 5]) {
      let steps = 0;
      const [first] = findSessions([folder.path]);
      const transcripts = importer();
      if (first) await transcripts.session(first, { isOver: () => (steps += 1) > left });
      transcripts.flush();
    }
    await imported();
    const tables = [
      'events',
      'tool_calls',
      'sessions',
      'message_usage',
      'occurrences',
      'transcript_proofs',
    ];
    const all = () => tables.map((table) => store.rows(`SELECT * FROM ${table}`));
    const before = all();
    await imported();
    expect(all()).toEqual(before);
    expect(count('tool_calls')).toBe(3);
  });

  it('is not written by a dry run, which tells what would be', async () => {
    main(...session());
    let given = 0;
    const [first] = findSessions([folder.path]);
    let proof: TranscriptProof | undefined;
    const onProof = (one: TranscriptProof) => void (proof = one);
    const dry = new TranscriptImport(store.database, {
      clock: () => LATER,
      clean: (text) => text,
      onProof,
    });
    if (first) await dry.session(first, { onEvents: (_, events) => (given += events) });
    dry.flush();
    expect([given, proof?.calls, proof?.tracked]).toEqual([8, 3, 0]);
    expect([count('events'), count('transcript_proofs')]).toEqual([0, 0]);
  });

  it('is known as unchanged until something is written to it', async () => {
    const records = session();
    main(...records);
    await imported();
    const isUnchanged = () => {
      const [found] = findSessions([folder.path]);
      return found && importer().unchanged(found) !== undefined;
    };
    expect(isUnchanged()).toBe(true);
    main(...records, make.prompt('more'));
    expect(isUnchanged()).toBe(false);
  });
});

describe('a session that hooks have recorded', () => {
  it.each([
    'edits',
    'bash',
    'subagents',
    'parallel',
    'planmode',
    'denyrules',
    'notebook',
    'names',
    'mcp',
    'compact',
    'deletion',
  ])('gains no row by its transcript: %s', async (set) => {
    const path = join(REAL_TRANSCRIPTS, set, 'projects');
    store.arrive(asHooks(path));
    const rows = () =>
      [
        'SELECT * FROM events ORDER BY event_id',
        'SELECT session_id, tool_use_id, outcome, error, started_at, ended_at, duration_ms, recovered FROM tool_calls ORDER BY 1, 2',
        'SELECT * FROM occurrences ORDER BY event_id, ordinal',
        'SELECT id, prompts, started_at, last_event_at FROM sessions ORDER BY id',
        'SELECT file_path, history FROM file_states ORDER BY file_path',
      ].map((sql) => store.rows(sql));
    const before = rows();
    const proofs = await imported(path);
    expect(proofs.map((proof) => [proof?.recovered, proof?.extra, proof?.disagreeing])).toEqual(
      proofs.map(() => [0, 0, 0]),
    );
    expect(rows()).toEqual(before);
  });

  it.each([
    'edits',
    'bash',
    'resume',
    'subagents',
    'tabs',
    'notebook',
    'kill',
    'otherhooks',
    'relcross',
  ])('has the same rows by its transcript alone: %s', async (set) => {
    const path = join(REAL_TRANSCRIPTS, set, 'projects');
    const other = new TestStore();
    try {
      other.arrive(asHooks(path));
      await imported(path);
      for (const sql of [
        'SELECT session_id, tool_use_id, tool_name, agent_id, summary, outcome, error, lines_added, lines_removed FROM tool_calls ORDER BY 1, 2',
        'SELECT event_id, ordinal, pattern_id, action, replaced_id, file_path, start_line, end_line, changed_lines, authorship FROM occurrences ORDER BY 1, 2',
        'SELECT id, name, code, language, origin, generation, lineage_id, occurrences FROM patterns ORDER BY 1',
        'SELECT child_id, parent_id, edge_type FROM lineage_edges ORDER BY 1, 2',
        'SELECT session_id, name, tool_use_id, count(*) AS count FROM events GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
        'SELECT file_path FROM file_states ORDER BY 1',
        'SELECT id, prompts FROM sessions ORDER BY 1',
      ]) {
        expect(store.rows(sql)).toEqual(other.rows(sql));
      }
    } finally {
      other.remove();
    }
  });

  it.each(['bash', 'resume', 'subagents', 'kill', 'compact', 'handedit'])(
    'has its turns once if hooks tell of them after its transcript, and again from the plugin: %s',
    async (set) => {
      const path = join(REAL_TRANSCRIPTS, set, 'projects');
      const turns = () =>
        [
          "SELECT session_id, name, agent_id, count(*) AS count FROM events WHERE name <> 'PostToolBatch' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
          'SELECT id, prompts, failed_turns FROM sessions ORDER BY id',
        ].map((sql) => store.rows(sql));
      await imported(path);
      const before = turns();
      const told = asHooks(path).map(({ payload, at }, n) => {
        const more = { ...payload, effort: { level: 'high' } }; // as hooks tell, and transcripts do not
        return { payload: more, at, spoolName: `${n}.settings` };
      });
      store.arrive(told);
      store.arrive(told);
      store.arrive(
        told.map((event, n) => ({ ...event, registration: 'plugin', spoolName: `${n}.plugin` })),
      );
      expect(turns()).toEqual(before);
      store.arrive(
        told.map(({ payload, at }, n) => ({ payload, at: at + 60_000, spoolName: `later-${n}` })),
      );
      expect(turns()).not.toEqual(before); // other turns, a minute later
    },
  );

  it('has two prompts that were given within seconds, of which a hook told only the second', async () => {
    const records = [make.prompt('one'), make.done()];
    main(...records);
    await imported();
    const at = Date.parse(String(records[0]?.['timestamp'])) + 3_000;
    const prompt = (text: string) => ({
      payload: { ...hook.event('UserPromptSubmit', { prompt: text }), session_id: SESSION },
      at,
      spoolName: `${text}.settings`,
    });
    store.arrive([prompt('two'), prompt('one')]);
    expect(store.rows('SELECT prompts FROM sessions')).toEqual([{ prompts: 2 }]);
  });

  it('has a turn once that two copies of its transcript tell, whether hooks have told of it or not', async () => {
    const records = [make.prompt('one'), make.done()];
    store.arrive([
      {
        payload: { ...hook.event('UserPromptSubmit', { prompt: 'one' }), session_id: SESSION },
        at: Date.parse(String(records[0]?.['timestamp'])),
      },
    ]);
    for (const place of ['-a', '-b']) folder.write(`${place}/${SESSION}.jsonl`, ...records);
    await imported();
    expect(store.rows('SELECT prompts FROM sessions')).toEqual([{ prompts: 1 }]);
    expect(store.value("SELECT count(*) FROM events WHERE name = 'Stop'")).toBe(1);
  });

  it('gains the calls that hooks missed in the middle, marked as recovered', async () => {
    const path = join(REAL_TRANSCRIPTS, 'edits', 'projects');
    const told = asHooks(path);
    store.arrive([...told.slice(0, 10), ...told.slice(-10)]);
    const before = count('tool_calls');
    const [proof] = await imported(path);
    expect(proof).toMatchObject({ calls: 23, tracked: 23, extra: 0 });
    expect(proof?.recovered).toBe(proof?.reasons['recording_off']);
    expect(proof?.recovered).toBeGreaterThanOrEqual(23 - before);
    expect(store.value('SELECT count(*) FROM events')).toBe(told.length);
  });

  it('is right after an interruption, of which the transcript says that the call was refused', async () => {
    const response = { type: 'create', filePath: FILE, content: 'a\n', structuredPatch: [] };
    const input = { file_path: FILE, content: 'a\n' };
    store.take(
      { ...hook.pre('t1', 'Write', input), session_id: SESSION },
      { ...hook.post('t1', 'Write', input, { tool_response: response }), session_id: SESSION },
    );
    main(
      make.calls([['t1', 'Write', input]]),
      make.failure('t1', "The user doesn't want to proceed with this tool use.", {
        toolDenialKind: 'user-rejected',
      }),
    );
    expect(await imported()).toMatchObject([
      { calls: 1, tracked: 1, disagreeing: 1, recovered: 0 },
    ]);
    expect(calls()).toEqual([{ id: 't1', outcome: 'ok', recovered: 0 }]);
    expect(count('occurrences')).toBe(1);
  });

  it.each([137, 143])(
    'is right after Claude was ended, of which the transcript says that a command failed with %d',
    async (code) => {
      const input = { command: 'sleep 30' };
      store.take(
        { ...hook.pre('t1', 'Bash', input), session_id: SESSION },
        { session_id: SESSION, hook_event_name: 'SessionEnd', reason: 'other' },
      );
      main(
        make.calls([['t1', 'Bash', input]]),
        make.failure('t1', `Exit code ${code}`, {
          permissionDecision: { decision: 'accept', source: 'config', reasonType: 'mode' },
        }),
      );
      expect(await imported()).toMatchObject([{ calls: 1, tracked: 1, recovered: 0 }]);
      expect(calls()).toEqual([{ id: 't1', outcome: 'interrupted', recovered: 0 }]);
    },
  );

  it('has the input that ran, of which the transcript knows only what Claude asked for', async () => {
    const asked = { file_path: FILE, content: 'a\n' };
    const ran = { file_path: '/home/dev/project/b.ts', content: 'b\n' };
    store.take(
      { ...hook.pre('t1', 'Write', asked), session_id: SESSION },
      { ...hook.post('t1', 'Write', ran), session_id: SESSION },
    );
    main(make.calls([['t1', 'Write', asked]]), make.result('t1', {}));
    expect(await imported()).toMatchObject([
      { tracked: 1, rewritten: 1, disagreeing: 0, recovered: 0 },
    ]);
    expect(store.rows('SELECT summary, asked FROM tool_calls')).toEqual([
      { summary: ran.file_path, asked: FILE },
    ]);
  });

  it('learns how a call ended that was taken for refused, since its end was missed', async () => {
    store.take(
      { ...hook.pre('t1', 'Bash', { command: 'ls' }), session_id: SESSION },
      { ...hook.event('Stop'), session_id: SESSION },
    );
    expect(calls()).toMatchObject([{ outcome: 'denied' }]);
    main(make.calls([['t1', 'Bash', { command: 'ls' }]]), make.result('t1', { stdout: 'a' }));
    expect(await imported()).toMatchObject([{ recovered: 1 }]);
    expect(calls()).toEqual([{ id: 't1', outcome: 'ok', recovered: 1 }]);
  });

  it('keeps a call refused that hooks took for refused, where a failure in words may be a refusal', async () => {
    store.take(
      { ...hook.pre('t1', 'Bash', { command: 'ls' }), session_id: SESSION },
      { ...hook.event('Stop'), session_id: SESSION },
    );
    main(make.calls([['t1', 'Bash', { command: 'ls' }]]), make.failure('t1', 'In other words: no'));
    expect(await imported()).toMatchObject([{ tracked: 1, recovered: 0 }]);
    expect(calls()).toMatchObject([{ outcome: 'denied' }]);
  });

  it('has no second call where its version told no id of it', async () => {
    const { tool_use_id: _, ...pre } = hook.pre('', 'Read', { file_path: FILE });
    const records = [make.calls([['t1', 'Read', { file_path: 'a.ts' }]]), make.result('t1', {})];
    main(...records);
    store.arrive([
      {
        payload: { ...pre, session_id: SESSION },
        at: Date.parse(String(records[0]?.['timestamp'])) + 200,
      },
    ]);
    expect(await imported()).toMatchObject([{ calls: 1, tracked: 1, extra: 0, recovered: 0 }]);
    expect(count('tool_calls')).toBe(1);
  });

  it('is left for later where hooks may be about to tell, unless it has ended', async () => {
    const records = [
      make.calls([['t1', 'Bash', {}]]),
      make.result('t1', {}),
      make.calls([['t2', 'Bash', {}]]),
      make.result('t2', {}),
    ];
    main(...records);
    const at = Date.parse(String(records[3]?.['timestamp']));
    store.arrive([
      { payload: { ...hook.event('SessionStart'), session_id: SESSION }, at: at - 60_000 },
    ]);
    expect(await imported(folder.path, at + 5_000)).toMatchObject([{ calls: 0, isWhole: false }]);
    expect(await imported(folder.path, at + 60_000)).toMatchObject([
      { calls: 2, recovered: 2, isWhole: true },
    ]);
  });

  it('tells of a call that never began, and of one that its version had no event for', async () => {
    const old = { version: '2.0.76' };
    main(
      make.calls([['t1', 'Bash', {}]]),
      make.calls([['t2', 'Edit', {}]], old),
      make.failure('t2', '<tool_use_error>no</tool_use_error>'),
    );
    expect(await imported()).toMatchObject([{ reasons: { never_began: 1, no_event: 1 } }]);
  });
});

describe('a fork', () => {
  const copyOf = (record: object, fields: object = {}) => ({
    ...record,
    sessionId: FORK,
    ...fields,
  });

  it.each([{ requestSessionId: SESSION }, {}])(
    'doubles no call of the session that it was forked from: %o',
    async (named) => {
      const records = [make.calls([['t1', 'Bash', {}]]), make.result('t1', {})];
      main(...records);
      await imported();
      const own = new Records(FORK);
      folder.write(
        `-p/${FORK}.jsonl`,
        copyOf(records[0] ?? {}, named),
        copyOf(records[1] ?? {}),
        own.calls([['t2', 'Bash', {}]]),
        own.result('t2', {}),
      );
      await imported();
      expect(store.rows('SELECT session_id, tool_use_id FROM tool_calls ORDER BY 2')).toEqual([
        { session_id: SESSION, tool_use_id: 't1' },
        { session_id: FORK, tool_use_id: 't2' },
      ]);
      expect(
        store.rows('SELECT session_id, calls, tracked, extra FROM transcript_proofs ORDER BY 1'),
      ).toEqual([
        { session_id: SESSION, calls: 1, tracked: 1, extra: 0 },
        { session_id: FORK, calls: 1, tracked: 1, extra: 0 },
      ]);
    },
  );
});

it('is told once of what a fork copies that does not say so, however much is recorded', async () => {
  const records = [
    make.prompt('one'),
    make.calls([['t1', 'Bash', {}]]),
    make.result('t1', {}),
    make.done(),
  ];
  main(...records);
  const own = new Records(FORK);
  const fork = (...more: object[]) =>
    folder.write(
      `-p/${FORK}.jsonl`,
      ...records.map((record) => ({ ...record, sessionId: FORK })),
      ...more,
    );
  const prompts = () => store.rows('SELECT id, prompts FROM sessions ORDER BY id');
  fork();
  await imported();
  expect(prompts()).toEqual([{ id: SESSION, prompts: 1 }]);
  fork(own.prompt('two'), {
    ...own.done(),
    message: { id: 'msg_own', model: 'claude-x', content: [], usage: {} },
  });
  await imported();
  expect(prompts()).toEqual([
    { id: SESSION, prompts: 1 },
    { id: FORK, prompts: 1 },
  ]);
});

it('lets signals be handled in the midst of many short sessions', async () => {
  main(make.prompt('one'), make.done());
  const [session] = findSessions([folder.path]);
  const transcripts = importer();
  let isHandled = false;
  setImmediate(() => (isHandled = true));
  for (let n = 0; n < 600; n += 1) await transcripts.session(session!);
  expect(isHandled).toBe(true);
});

describe('the model', () => {
  it('is known of a fork, too, whose copied answers are of the same one', async () => {
    const [copied, own] = [make.done(), make.done()];
    folder.write(
      `-p/${FORK}.jsonl`,
      { ...copied, sessionId: FORK, requestSessionId: SESSION },
      { ...own, sessionId: FORK, requestSessionId: FORK },
    );
    await imported();
    expect(store.rows('SELECT session_id, model FROM session_models ORDER BY 1')).toEqual([
      { session_id: SESSION, model: 'claude-x' },
      { session_id: FORK, model: 'claude-x' },
    ]);
  });
});

describe('what was forgotten', () => {
  it.each([
    ['the whole session', { session: SESSION }],
    ['what holds a text', { match: 'needle' }],
  ])('does not come back: %s', async (_, criteria) => {
    main(
      make.prompt('the needle'),
      make.calls([['t1', 'Bash', { command: 'echo needle' }]]),
      make.failure('t1', 'no', { toolDenialKind: 'user-rejected' }),
      make.done(),
    );
    store.arrive(asHooks());
    store.database.transaction(() => removeChosen(store.database, { ...criteria, at: LATER }))();
    const all = () =>
      JSON.stringify(
        ['events', 'tool_calls', 'sessions', 'message_usage', 'transcript_proofs'].map((table) =>
          store.rows(`SELECT * FROM ${table}`),
        ),
      );
    const [proof] = await imported();
    expect(all()).not.toContain('needle');
    expect(proof).toMatchObject({ calls: 1, tracked: 0, reasons: { left_out: 1 } });
    expect(count('tool_calls')).toBe(0);
  });
});

describe('real transcripts', () => {
  const expected = JSON.parse(
    readFileSync(join(REAL_TRANSCRIPTS, 'expected.json'), 'utf8'),
  ) as Record<
    string,
    {
      sessions: number;
      tool_calls: number;
      model_messages: number;
      input_tokens: number;
      output_tokens: number;
      subagent_transcripts: number;
    }
  >;

  it.each(Object.entries(expected))(
    'end with the same figures however often they are imported: %s',
    async (set, sums) => {
      const path = join(REAL_TRANSCRIPTS, set, 'projects');
      for (let times = 0; times < 3; times += 1) {
        await imported(path);
        expect({
          sessions: count('sessions'),
          calls: count('tool_calls'),
          subagents: count('subagents'),
          ...store.rows(
            'SELECT count(*) AS messages, sum(input_tokens) AS input, sum(output_tokens) AS output FROM message_usage',
          )[0],
        }).toEqual({
          sessions: sums.sessions,
          calls: sums.tool_calls,
          subagents: sums.subagent_transcripts,
          messages: sums.model_messages,
          input: sums.input_tokens,
          output: sums.output_tokens,
        });
      }
    },
  );
});
