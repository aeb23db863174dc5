import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A call as a transcript tells it. */
export interface TranscribedCall {
  readonly tool_use_id: string;
  readonly tool_name: string;
  readonly tool_input: object;
  readonly tool_response: object;
}

/** The transcript of a session of its own, where Claude Code would keep it. */
export class ToldTranscript {
  readonly #folder: string;
  readonly #session: object;
  readonly #path: string;
  readonly #lines: string[] = [];

  /** @param home the user's home folder; `number` tells this session from others */
  constructor(home: string, number: number) {
    const sessionId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    this.#session = { sessionId, cwd: '/p', version: '2.1.330' };
    this.#folder = join(home, '.claude', 'projects', '-p');
    this.#path = join(this.#folder, `${sessionId}.jsonl`);
  }

  /** Adds a call and its result. */
  add({
    tool_use_id: id,
    tool_name: name,
    tool_input: input,
    tool_response,
  }: TranscribedCall): void {
    this.#record('assistant', { type: 'tool_use', id, name, input });
    const result = { type: 'tool_result', tool_use_id: id, content: 'done' };
    this.#record('user', result, { toolUseResult: { ...input, ...tool_response } });
  }

  write(): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#path, `${this.#lines.join('\n')}\n`);
  }

  #record(type: string, content: object, more: object = {}): void {
    const number = this.#lines.length;
    const record = {
      type,
      parentUuid: number === 0 ? null : `u${number - 1}`,
      uuid: `u${number}`,
      timestamp: new Date(1_795_000_000_000 + number).toISOString(),
      ...this.#session,
      message: { role: type, id: `m${number}`, content: [content] },
      ...more,
    };
    this.#lines.push(JSON.stringify(record));
  }
}
