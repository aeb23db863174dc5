import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timeProcess } from '../courier/courier-process.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { bundle } from '../measure/bundle.ts';
import { summarise } from '../measure/pairs.ts';
import type { Pair } from '../measure/pairs.ts';

const SESSIONS = 8;
/** Turns of a session: a file is read, one is written, a command runs. */
const TURNS = 60;
const PAIRS = 3;

/**
 * Measures how fast transcripts are read, compared with a loop that only parses each of their lines: when all of it
 * has to be recorded, and when all of it is recorded already.
 */
export const transcriptImport: Benchmark = {
  name: 'transcript-import',
  async *run({ throwaway, pairs = PAIRS }) {
    const bare = bundle(throwaway, new URL('./bare-parse.ts', import.meta.url));
    const claude = throwaway.folder('claude');
    const folder = join(claude, 'projects', '-home-dev-project');
    const bytes = writeSessions(folder);
    const env = { ...throwaway.env, CLAUDE_CONFIG_DIR: claude };
    const cli = join(throwaway.program, 'dist', 'cli.mjs');
    const first: Pair[] = [];
    const again: Pair[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      const { home } = throwaway.home();
      const run = (command: string) =>
        timeProcess([process.execPath, cli, '--home', home, command], env);
      const floor = () => timeProcess([process.execPath, bare, folder], throwaway.env);
      first.push({ floor: floor(), ours: run('import') });
      again.push({ floor: floor(), ours: run('reconcile') });
      rmSync(home, { recursive: true });
    }
    const rate = (milliseconds: number) => `${Math.round(bytes / 1000 / milliseconds)} MB/s`;
    const line = (what: string, times: ReturnType<typeof summarise>) => ({
      what: `${what}, ${Math.round(bytes / 1e6)} MB (${pairs} pairs)`,
      ours: rate(times.oursMs),
      floor: rate(times.floorMs),
      value: 1 / times.ratio,
    });
    yield {
      ...line('import of what is new, against parsing its lines', summarise(first)),
      limit: null,
    };
    yield {
      ...line('comparison of what is recorded, against the same', summarise(again)),
      limit: { kind: 'at least', value: 0.15, unit: 'x' },
    };
  },
};

// --- internal ---

/** Writes sessions with the records that there are most of; returns their size in bytes. */
function writeSessions(folder: string): number {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let session = 0; session < SESSIONS; session += 1) {
    const id = `${String(session).padStart(8, '0')}-0000-4000-8000-000000000001`;
    const text = sessionText(id, Date.UTC(2026, 0, 1 + session));
    bytes += Buffer.byteLength(text);
    writeFileSync(join(folder, `${id}.jsonl`), text);
  }
  return bytes;
}

function sessionText(sessionId: string, begin: number): string {
  const lines: string[] = [];
  const add = (record: object) => {
    const timestamp = new Date(begin + lines.length * 1500).toISOString();
    const common = { timestamp, cwd: '/home/dev/project', sessionId, version: '2.1.332' };
    lines.push(
      JSON.stringify({
        parentUuid: null,
        ...record,
        uuid: `${sessionId}.${lines.length}`,
        ...common,
      }),
    );
  };
  const answer = (content: object, stop_reason: string) => {
    const usage = { input_tokens: 10, output_tokens: 20 };
    const id = `msg_${sessionId.slice(0, 8)}${lines.length}`;
    add({
      type: 'assistant',
      message: { id, model: 'claude', content: [content], stop_reason, usage },
    });
  };
  const call = (name: string, input: object, toolUseResult: object, told: string) => {
    const id = `toolu_${sessionId.slice(0, 8)}${lines.length}`;
    answer({ type: 'tool_use', id, name, input }, 'tool_use');
    const content = [{ type: 'tool_result', tool_use_id: id, content: told }];
    add({ type: 'user', message: { role: 'user', content }, toolUseResult });
  };
  const shown = code(40_000, 0);
  for (let turn = 0; turn < TURNS; turn += 1) {
    const filePath = `/home/dev/project/src/file${turn % 7}.ts`;
    const content = code(3_000, turn);
    add({ type: 'user', promptSource: 'sdk', message: { role: 'user', content: `Do ${turn}` } });
    lines.push(JSON.stringify({ type: 'api-request-blob', sessionId, message: code(100_000, 1) }));
    call(
      'Read',
      { file_path: filePath },
      { type: 'text', file: { filePath, content: shown } },
      shown,
    );
    const written = { type: 'create', filePath, content, structuredPatch: [], originalFile: null };
    call('Write', { file_path: filePath, content }, written, 'File created');
    const stdout = shown.slice(0, 8_000);
    call('Bash', { command: 'npm test' }, { stdout, stderr: '', interrupted: false }, stdout);
    answer({ type: 'text', text: shown.slice(0, 2_000) }, 'end_turn');
  }
  return `${lines.join('\n')}\n`;
}

function code(characters: number, seed: number): string {
  return Array.from(
    { length: Math.ceil(characters / 60) },
    (_, line) =>
      `  const value${seed}_${line} = compute(${line}, "${(line * 2654435761).toString(36)}");`,
  ).join('\n');
}
