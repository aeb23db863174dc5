import { isAbsolute, normalize, resolve } from 'node:path';
import { textChanges } from '../../../authorship/payload/text-change.ts';
import type { TextChange } from '../../../authorship/payload/text-change.ts';
import { asObject } from '../../../base/json.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import { hookEventOf } from '../../../event/hook-event.ts';
import type { Database } from '../../database/database.ts';

/** What an event did to files, as far as its stored payload and its rows tell. */
export interface StoredChanges {
  readonly eventId: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The changes whose text is stored, under the names by which the files are stored. */
  readonly changes: readonly TextChange[];
  /** Files that it changed in a way that is not stored. */
  readonly untold: readonly UntoldChange[];
  /** False once the payload is past retention. */
  readonly isKept: boolean;
  /** True if the event as it was sent had a copy of the whole file, which is not stored. */
  readonly hadWhole: boolean;
}

/** A file that an event changed without its payload telling how. */
export interface UntoldChange {
  readonly filePath: string;
  readonly change: 'written' | 'deleted' | 'changed';
}

/** Reads what events did to files. */
export class StoredChangeReader {
  readonly #event;
  readonly #written;
  readonly #changed;

  constructor(database: Database) {
    this.#event = database.prepare<[string], { at: number; payload: string | null }>(
      'SELECT received_at AS at, payload_text(payload) AS payload FROM events WHERE event_id = ?',
    );
    this.#written = database
      .prepare<[string], string>(
        'SELECT file_path FROM occurrences WHERE event_id = ? GROUP BY file_path ORDER BY min(ordinal)',
      )
      .pluck();
    this.#changed = database.prepare<[string], UntoldChange>(
      'SELECT file_path AS filePath, change FROM file_changes WHERE event_id = ? ORDER BY file_path',
    );
  }

  /** Undefined for an event that is not stored. */
  read(eventId: string): StoredChanges | undefined {
    const event = this.#event.get(eventId);
    if (event === undefined) return undefined;
    const written = this.#written.all(eventId);
    const payload = event.payload === null ? undefined : parsed(event.payload);
    const changes = payload === undefined ? [] : changesIn(payload, written);
    const told = new Set(changes.map(({ path }) => path));
    const untold = [
      ...written.map((filePath): UntoldChange => ({ filePath, change: 'written' })),
      ...this.#changed.all(eventId),
    ].filter(({ filePath }) => !told.has(filePath));
    const response = asObject(payload?.['tool_response']) ?? {};
    const hadWhole = Object.values(response).some((value) => isMark(value));
    return { eventId, at: event.at, changes, untold, isKept: payload !== undefined, hadWhole };
  }
}

// --- internal ---

function parsed(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function changesIn(payload: JsonObject, written: readonly string[]): TextChange[] {
  let event;
  try {
    event = hookEventOf(withoutMarks(payload));
  } catch {
    return []; // a payload that was narrowed until it is no event any more
  }
  const { changes } = textChanges(event);
  const whole = changes.filter((change) => !isCut(change));
  return whole.map((change) => {
    const path = storedPath(change.path, event.cwd, changes.length === 1 ? written : []);
    return path === change.path ? change : { ...change, path };
  });
}

/** The name by which a file is stored: links are followed then, so that the row knows it best. */
function storedPath(path: string, cwd: string | undefined, written: readonly string[]): string {
  const [only, ...others] = written;
  if (only !== undefined && others.length === 0) return only;
  if (isAbsolute(path)) return normalize(path);
  return cwd === undefined ? path : resolve(cwd, path);
}

/** A payload without what stands in the place of texts that were left out: it is not what the files held. */
function withoutMarks(payload: JsonObject): JsonObject {
  const response = asObject(payload['tool_response']);
  if (response === undefined) return payload;
  const kept = Object.entries(response).filter(([, value]) => !isMark(value));
  return { ...payload, tool_response: Object.fromEntries(kept) };
}

function isMark(value: Json | undefined): boolean {
  return typeof value === 'string' && LEFT_OUT.test(value);
}

const LEFT_OUT = /^\[left out: \d+ characters\]$/;

function isCut({ did, hunks, before }: TextChange): boolean {
  const texts = [
    ...(typeof before === 'string' ? [before] : []),
    ...hunks.flatMap(({ lines }) => lines.map(({ text }) => text)),
    ...(did.kind === 'write' ? [did.code ?? did.text] : []),
    ...(did.kind === 'replace'
      ? did.replacements.flatMap(({ oldText, newText }) => [oldText, newText])
      : []),
  ];
  return texts.some((text) => CUT.test(text.slice(-MOST_MARK)));
}

const CUT = /\[cut: \d+ bytes in all\]$/;
/** The longest mark, in characters. */
const MOST_MARK = 40;
