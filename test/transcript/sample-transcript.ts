// Transcripts made from a few records, as the current version writes them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real ones, anonymised: see its README.md. */
export const REAL_TRANSCRIPTS = fileURLToPath(new URL('../data/transcripts', import.meta.url));

export const SESSION = '11111111-1111-4111-8111-111111111111';
export const FORK = '22222222-2222-4222-8222-222222222222';

export type TranscriptRecord = Readonly<Record<string, unknown>>;

/** Makes records one second apart. */
export class Records {
  #second = 0;
  #uuid = 0;
  #message = 0;

  readonly session: string;

  constructor(session = SESSION) {
    this.session = session;
  }

  record(type: string, fields: TranscriptRecord): TranscriptRecord {
    this.#second += 1;
    this.#uuid += 1;
    const timestamp = new Date(Date.UTC(2026, 10, 20) + this.#second * 1000).toISOString();
    const common = { sessionId: this.session, cwd: '/home/dev/project', gitBranch: 'main' };
    return {
      type,
      uuid: `uuid-${this.#uuid}`,
      timestamp,
      version: '2.1.332',
      ...common,
      ...fields,
    };
  }

  prompt(content: string, fields: TranscriptRecord = {}): TranscriptRecord {
    const message = { role: 'user', content };
    return this.record('user', { message, promptId: 'prompt-1', promptSource: 'sdk', ...fields });
  }

  /** An answer that makes calls: id, tool, input. */
  calls(
    calls: readonly [string, string, object][],
    fields: TranscriptRecord = {},
  ): TranscriptRecord {
    const content = calls.map(([id, name, input]) => ({ type: 'tool_use', id, name, input }));
    return this.answer(content, 'tool_use', fields);
  }

  answer(content: unknown[], stop_reason: string, fields: TranscriptRecord = {}): TranscriptRecord {
    this.#message += 1;
    const usage = { input_tokens: 10, output_tokens: 2 };
    const message = { id: `msg_${this.#message}`, model: 'claude-x', content, stop_reason, usage };
    return this.record('assistant', { message, ...fields });
  }

  done(fields: TranscriptRecord = {}): TranscriptRecord {
    return this.answer([{ type: 'text', text: 'Done.' }], 'end_turn', fields);
  }

  result(id: string, toolUseResult: unknown, fields: TranscriptRecord = {}): TranscriptRecord {
    return this.#result({ tool_use_id: id, content: 'ok' }, { toolUseResult, ...fields });
  }

  failure(id: string, content: string, fields: TranscriptRecord = {}): TranscriptRecord {
    const told = { toolUseResult: `Error: ${content}`, ...fields };
    return this.#result({ tool_use_id: id, content, is_error: true }, told);
  }

  #result(block: object, fields: TranscriptRecord): TranscriptRecord {
    const message = { role: 'user', content: [{ type: 'tool_result', ...block }] };
    return this.record('user', { message, ...fields });
  }
}

/** A folder of projects, removed by `remove`. */
export class TranscriptFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'transcripts-'));

  /** Writes a file below the folder and returns its path. A record that is a text is written as it is, without an end. */
  write(name: string, ...records: readonly (object | string)[]): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    const lines = records.map((record) =>
      typeof record === 'string' ? record : `${JSON.stringify(record)}\n`,
    );
    writeFileSync(path, lines.join(''));
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
