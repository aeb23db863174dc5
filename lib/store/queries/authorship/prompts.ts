import { TASK_NOTIFICATION, UNTYPED_PROMPT_SOURCES } from '../../../event/event-record.ts';
import type { Database } from '../../database/database.ts';
import { payloadField } from '../../database/payload/payload-field.ts';

/** A prompt that a person typed. */
export interface TypedPrompt {
  /** When it was sent, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** As it is stored: redacted and shortened; null if it is not kept, or past retention. */
  readonly text: string | null;
}

/** SQL for the prompts in `events` that meet `where`: their `id`, `at` and `prompt`. Only those that a person typed. */
export function typedPrompts(where: string): string {
  return `SELECT id, at, prompt FROM (
      SELECT id, received_at AS at, ${payloadField('payload', 'prompt')} AS prompt,
        ${payloadField('payload', 'source')} AS source
      FROM events WHERE ${where} AND name = 'UserPromptSubmit')
    WHERE CASE WHEN coalesce(source, '') != ''
      THEN source NOT IN (${UNTYPED_PROMPT_SOURCES.map((source) => `'${source}'`).join(', ')})
      ELSE prompt IS NULL OR ltrim(prompt, ${BLANKS}) NOT GLOB '${TASK_NOTIFICATION}*' END`;
}

/** SQL for the first `length` characters of a prompt. @param prompt an SQL expression for the whole */
export function promptHead(prompt: string, length: number): string {
  return `substr(ltrim(${prompt}, ${BLANKS}), 1, ${length})`;
}

/** Finds what a person had asked for when Claude did something. */
export class PromptFinder {
  readonly #select;
  readonly #sessions = new Map<string, readonly TypedPrompt[]>();

  /** @param isWhole false for the first words of the prompts only */
  constructor(database: Database, isWhole: boolean) {
    const text = isWhole ? 'prompt' : promptHead('prompt', FIRST_WORDS);
    this.#select = database.prepare<[string], TypedPrompt>(
      `SELECT at, ${text} AS text FROM (${typedPrompts('session_id = ?')}) ORDER BY at, id`,
    );
  }

  /** The last prompt of a session up to a time; undefined if none is recorded. */
  before(session: string, at: number): TypedPrompt | undefined {
    let prompts = this.#sessions.get(session);
    if (prompts === undefined) {
      prompts = this.#select.all(session);
      this.#sessions.set(session, prompts);
    }
    return prompts.findLast((prompt) => prompt.at <= at);
  }
}

// --- internal ---

/** Characters of a prompt that come with each line of a file. */
const FIRST_WORDS = 100;

const BLANKS = "' ' || char(9, 10, 13)";
