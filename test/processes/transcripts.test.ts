import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { times } from '../support/depth.ts';
import { Records, SESSION } from '../transcript/sample-transcript.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');
/** How often an import is killed. */
const ROUNDS = times(4, 40);

let home: TrackerHome;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 4 }\n');
});
afterEach(async () => home.remove());

function rows(sql: string): readonly unknown[] {
  const database = openDatabaseForReading(home.paths.database);
  try {
    return database?.prepare(sql).all() ?? [];
  } finally {
    database?.close();
  }
}

/** Imports all samples; killed after `afterMs`. Resolves with what it printed. */
async function importAll(afterMs?: number): Promise<string> {
  const args = [CLI, 'import', '--json', join(home.folder, 'samples')];
  const child = spawn(process.execPath, args, {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  const ended = new Promise<string>((done) => child.on('close', () => done(out)));
  if (afterMs !== undefined) {
    await setTimeout(afterMs);
    child.kill('SIGKILL');
  }
  return ended;
}

it('an import that is killed again and again ends with what one ends with that is not', async () => {
  const own = new Records();
  const records = Array.from({ length: 400 }, (_, n) => {
    const input = {
      file_path: `/home/dev/project/f${n % 9}.ts`,
      content: `export const n${n} = ${n};\n`,
    };
    const response = {
      type: 'create',
      filePath: input.file_path,
      content: input.content,
      structuredPatch: [],
    };
    return [
      own.prompt(`go ${n}`),
      own.calls([[`toolu_${n}`, 'Write', input]]),
      own.result(`toolu_${n}`, response),
      own.done(),
    ];
  }).flat();
  const path = join(home.folder, 'samples', `${SESSION}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  mkdirSync(home.paths.data, { recursive: true });

  for (let round = 0; round < ROUNDS; round += 1) await importAll(300 + (round % 8) * 200);
  const last = JSON.parse(await importAll()) as Record<string, number>;
  expect(last).toMatchObject({ calls: 400, missing: 0, sessions: 1, events: 1_600 });
  expect(rows('SELECT name, count(*) AS count FROM events GROUP BY name ORDER BY name')).toEqual(
    ['PostToolUse', 'PreToolUse', 'Stop', 'UserPromptSubmit'].map((name) => ({ name, count: 400 })),
  );
  expect(rows('SELECT count(*) AS n, sum(output_tokens) AS tokens FROM message_usage')).toEqual([
    { n: 800, tokens: 1_600 },
  ]);
  expect(rows('SELECT prompts FROM sessions')).toEqual([{ prompts: 400 }]);
  expect(rows('SELECT count(*) AS n FROM occurrences')).toEqual([{ n: 400 }]);
  expect(JSON.parse(await importAll())).toMatchObject({ recorded: 0, events: 1_600 });
});

it('the courier recovers what hooks missed when a session has ended, and tells in the log', async () => {
  const make = new Records();
  const path = join(home.folder, '.claude', 'projects', '-p', `${SESSION}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const lines = [
    make.calls([['t1', 'Bash', { command: 'ls' }]]),
    make.result('t1', { stdout: '' }),
  ];
  writeFileSync(path, lines.map((record) => `${JSON.stringify(record)}\n`).join(''));
  home.spool(
    'end.settings',
    payload({
      session_id: SESSION,
      transcript_path: path,
      hook_event_name: 'SessionEnd',
      tool_use_id: undefined,
      reason: 'other',
    }),
  );
  expect(await home.runCourier()).toBe(0);
  expect(rows('SELECT tool_use_id, outcome, recovered FROM tool_calls')).toEqual([
    { tool_use_id: 't1', outcome: 'ok', recovered: 1 },
  ]);
  expect(readFileSync(home.paths.logFile, 'utf8')).toContain(
    'Calls were recovered from a transcript',
  );
  expect(rows('SELECT calls, tracked, recovered, reasons FROM transcript_proofs')).toEqual([
    { calls: 1, tracked: 1, recovered: 1, reasons: '{"recording_off":1}' },
  ]);
});

it('the courier reads no transcript where that is forbidden', async () => {
  home.configure('transcripts: off\ncourier: { idle_exit_seconds: 3 }\n');
  const make = new Records();
  const path = join(home.folder, `${SESSION}.jsonl`);
  writeFileSync(path, `${JSON.stringify(make.calls([['t1', 'Bash', { command: 'ls' }]]))}\n`);
  home.spool(
    'end.settings',
    payload({
      session_id: SESSION,
      transcript_path: path,
      hook_event_name: 'SessionEnd',
      tool_use_id: undefined,
    }),
  );
  expect(await home.runCourier()).toBe(0);
  expect(rows('SELECT * FROM tool_calls')).toEqual([]);
});
