import { hexDigest } from '../../base/digest.ts';
import { asObject, asString } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { VERSION } from '../../base/version.ts';
import type { OwnRedaction } from '../../redact/own/own-rules.ts';
import type { Redactor } from '../../redact/redact.ts';
import { checkAscent } from '../../store/database/ascent.ts';
import type { Database } from '../../store/database/database.ts';
import { noteUnwiped } from '../../store/database/meta.ts';
import { packedPayload } from '../../store/database/payload/packed-payload.ts';
import { clearSearchIndex } from '../../store/maintenance/search-index.ts';
import { mendDescent } from '../../store/maintenance/descent-check.ts';
import { emptyIndex } from '../../store/maintenance/forget/pattern-removal.ts';
import { movePattern } from '../../store/maintenance/pattern-move.ts';
import { TEXT_COLUMNS } from '../../store/maintenance/text-columns.ts';
import type { TextColumns } from '../../store/maintenance/text-columns.ts';
import { RedactionCounts } from '../../store/writers/redaction-counts.ts';
import { redactedPattern } from './redacted-pattern.ts';
import type { PatternText } from './redacted-pattern.ts';
import { replaceInOutbox, tellOfMoves } from './moved-patterns.ts';
import { redactProjects } from './redacted-projects.ts';
import { noteRescan, NOTHING_DONE, rescanJob, sumOf } from './rescan-job.ts';
import type { RescanJob, RescanResult } from './rescan-job.ts';
import { StateRedaction } from './redacted-states.ts';
import { rescannedEvents } from './rescanned-event.ts';
import type { RescannedEvent } from './rescanned-event.ts';
import { redactObject } from './stored-object.ts';

/** What a rescan works with. */
export interface RescanOptions {
  readonly redactor: Redactor;
  /** The user's own rules, which `redactor` has. */
  readonly redaction: OwnRedaction;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Redacts again what is stored, as it would be redacted if it arrived today. */
export class Rescan {
  readonly #database: Database;
  readonly #redactor: Redactor;
  readonly #now: number;
  readonly #counts: RedactionCounts;
  readonly #states: StateRedaction;
  /** True if it goes on with what an earlier process began. */
  readonly isResumed: boolean;
  /** Rows to look at, about. */
  readonly total: number;
  #job: RescanJob;
  /** What the present chunk has changed. */
  #changed: Record<string, number> = {};
  #redactions: Record<string, number> = {};
  #unchecked = 0;
  #moves = new Map<string, string>();

  constructor(database: Database, { redactor, redaction, now }: RescanOptions) {
    this.#database = database;
    this.#redactor = redactor;
    this.#now = now;
    this.#counts = new RedactionCounts(database);
    this.#states = new StateRedaction(database, {
      text: (text) => this.#text(text),
      inSession: (text, session) => {
        const { content } = this.#payload({ session_id: session, content: text }, '');
        return asString(content) ?? text;
      },
    });
    const rules = hexDigest(JSON.stringify([VERSION, redaction]), 32);
    const left = rescanJob(database);
    this.isResumed = left?.rules === rules;
    this.#job =
      left && this.isResumed
        ? left
        : { rules, startedAt: now, stage: 0, after: null, seen: 0, result: NOTHING_DONE };
    this.total = ['events', 'patterns', 'file_states', ...LATER.map(({ table }) => table)]
      .map((table) => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()))
      .reduce((sum, rows) => sum + rows, 0);
  }

  /** Rows looked at. */
  get seen(): number {
    return this.#job.seen;
  }

  get result(): RescanResult {
    return this.#job.result;
  }

  /**
   * Does the next rows in one transaction; false when all are done. A process that is killed loses the chunk it is
   * at, and the next one goes on from there.
   *
   * @throws SQLite's error
   */
  chunk(): boolean {
    return this.#database
      .transaction(() => {
        const more = this.#work();
        noteRescan(this.#database, this.#job);
        return more;
      })
      .immediate();
  }

  #work(): boolean {
    const { stage, after } = this.#job;
    this.#changed = {};
    this.#redactions = {};
    this.#unchecked = 0;
    this.#moves = new Map();
    const stages = [
      () => this.#events(after),
      () => this.#patterns(after),
      ...LATER.map((columns) => () => this.#rows(columns, after)),
      () => this.#fileStates(after),
      () => this.#rest(),
    ];
    const work = stages[stage];
    if (!work) return false;
    const { last, rows } = work();
    if (after && last) checkAscent('the database', after, last);
    const erasures = this.#settleMoves();
    if (Object.keys(this.#changed).length > 0) {
      noteUnwiped(this.#database);
      clearSearchIndex(this.#database);
    }
    this.#counts.flush();
    const { result, seen } = this.#job;
    this.#job = {
      ...this.#job,
      stage: last === null ? stage + 1 : stage,
      after: last,
      seen: seen + rows,
      result: {
        changed: sumOf(result.changed, this.#changed),
        redactions: sumOf(result.redactions, this.#redactions),
        unchecked: result.unchecked + this.#unchecked,
        moved: result.moved + this.#moves.size,
        erasures: sumOf(result.erasures, erasures),
      },
    };
    return true;
  }

  /** Events, each with what was derived from it: what is found in one of its texts is a secret in all. */
  #events(after: RescanJob['after']): Chunk {
    const events = rescannedEvents(this.#database, Number(after?.[0] ?? 0), CHUNK_EVENTS);
    for (const event of events) this.#event(event);
    return { last: lastOf(events, CHUNK_EVENTS, ({ id }) => [id]), rows: events.length };
  }

  #event({
    id,
    eventId,
    sessionId,
    payload,
    toolUseId,
    summary,
    asked,
    error,
    project,
  }: RescannedEvent): void {
    const parsed = payload === null ? undefined : asObject(JSON.parse(payload));
    const patterns = this.#database
      .prepare<[string], PatternText>(
        `SELECT DISTINCT p.id, p.name, p.code FROM occurrences o JOIN patterns p ON p.id = o.pattern_id
         WHERE o.event_id = ? ORDER BY p.id`,
      )
      .all(eventId);
    const together: JsonObject = {
      session_id: sessionId,
      ...parsed,
      [CALL]: { summary, asked, error },
      [CODE]: patterns.map(({ code }) => ({ content: code })),
    };
    const redacted = this.#payload(together, project);
    if (redacted === together) return;
    const { [CALL]: call, [CODE]: codes, ...stored } = redacted;
    if (parsed) {
      // A payload that had no session of its own gets none.
      const { session_id: _, ...others } = stored;
      const text = JSON.stringify('session_id' in parsed ? stored : others);
      if (text !== payload) {
        this.#note('events');
        this.#database
          .prepare<[Uint8Array, number]>('UPDATE events SET payload = ? WHERE id = ?')
          .run(packedPayload(text), id);
      }
    }
    const said = asObject(call);
    const texts = [summary, asked, error];
    const next = CALL_TEXTS.map((name) => asString(said?.[name]) ?? null);
    if (said && toolUseId !== null && next.some((text, index) => text !== texts[index])) {
      this.#note('tool_calls');
      this.#database
        .prepare<(string | null)[]>(
          `UPDATE tool_calls SET ${CALL_TEXTS.map((name) => `${name} = ?`).join(', ')}
           WHERE session_id = ? AND tool_use_id = ?`,
        )
        .run(...next, sessionId, toolUseId);
    }
    for (const [index, pattern] of patterns.entries()) {
      const code = asString(asObject((codes as readonly JsonObject[])[index])?.['content']);
      if (code !== undefined && code !== pattern.code) this.#move(pattern, code, pattern.name);
    }
    this.#note('file_states', this.#states.ofEvent(eventId, sessionId));
  }

  #patterns(after: RescanJob['after']): Chunk {
    const patterns = this.#database
      .prepare<[string], PatternText>(
        `SELECT id, name, code FROM patterns WHERE id > ? ORDER BY id LIMIT ${CHUNK_ROWS}`,
      )
      .all(String(after?.[0] ?? ''));
    for (const pattern of patterns) {
      const [code, name] = [this.#text(pattern.code), this.#text(pattern.name)];
      if (code !== pattern.code || name !== pattern.name) this.#move(pattern, code, name);
    }
    return { last: lastOf(patterns, CHUNK_ROWS, ({ id }) => [id]), rows: patterns.length };
  }

  #move(pattern: PatternText, code: string, name: string): void {
    const move = redactedPattern(this.#database, pattern, code, name);
    this.#note('patterns');
    movePattern(this.#database, move);
    replaceInOutbox(this.#database, pattern, move);
    this.#moves.set(move.from, move.to);
  }

  /** Ends the work on patterns of a chunk; returns how many each destination is asked to delete. */
  #settleMoves(): Record<string, number> {
    if (this.#moves.size === 0) return {};
    mendDescent(this.#database);
    emptyIndex(this.#database);
    for (const [from, to] of this.#moves) if (from === to) this.#moves.delete(from);
    return tellOfMoves(this.#database, this.#moves, this.#now);
  }

  #rows(columns: TextColumns, after: RescanJob['after']): Chunk {
    const { table, key, texts, objects = [] } = columns;
    const names = [...key, ...texts, ...objects];
    const from =
      after === null ? '' : `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`;
    const rows = this.#database
      .prepare<(string | number)[], (string | number | null)[]>(
        `SELECT ${names.join(', ')} FROM ${table} ${from} ORDER BY ${key.join(', ')} LIMIT ${CHUNK_ROWS}`,
      )
      .raw()
      .all(...(after ?? []));
    for (const row of rows) {
      const values = row.slice(key.length).map((value, index) => {
        if (typeof value !== 'string') return value;
        return index < texts.length
          ? this.#text(value)
          : redactObject(value, (object) => this.#payload(object, ''));
      });
      if (values.every((value, index) => value === row[key.length + index])) continue;
      this.#note(table);
      this.#database
        .prepare<(string | number | null)[]>(
          // Two files may have got the same name; then the later one stays.
          `UPDATE OR REPLACE ${table} SET ${[...texts, ...objects].map((name) => `${name} = ?`).join(', ')}
           WHERE ${key.map((name) => `${name} = ?`).join(' AND ')}`,
        )
        .run(...values, ...row.slice(0, key.length));
    }
    const last = lastOf(rows, CHUNK_ROWS, (row) => row.slice(0, key.length) as (string | number)[]);
    return { last, rows: rows.length };
  }

  #fileStates(after: RescanJob['after']): Chunk {
    const { states, changed } = this.#states.after(Number(after?.[0] ?? 0), CHUNK_EVENTS);
    this.#note('file_states', changed);
    return { last: lastOf(states, CHUNK_EVENTS, ({ id }) => [id]), rows: states.length };
  }

  #rest(): Chunk {
    this.#note('recent_changes', this.#states.changes());
    redactProjects(
      this.#database,
      (root) => this.#text(root),
      () => this.#note('projects'),
    );
    const { changes } = this.#database.prepare('DELETE FROM cache_entries').run(); // they may hold any code
    this.#note('cache_entries', changes);
    return { last: null, rows: 0 };
  }

  #text(text: string): string {
    const { text: redacted, findings, leftOut } = this.#redactor.redactText(text);
    const kinds: Record<string, number> = {};
    for (const { kind } of findings) kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (leftOut > 0) kinds['unchecked'] = 1;
    this.#count(kinds, leftOut, '');
    return redacted;
  }

  #payload(object: JsonObject, project: string): JsonObject {
    const { payload, kinds, leftOut } = this.#redactor.redactPayload(object);
    this.#count(kinds, leftOut, project);
    return payload;
  }

  #count(kinds: Readonly<Record<string, number>>, unchecked: number, project: string): void {
    this.#counts.add({ redactions: kinds, unchecked }, project, this.#now);
    this.#redactions = sumOf(this.#redactions, kinds);
    this.#unchecked += unchecked;
  }

  #note(table: string, rows = 1): void {
    if (rows > 0) this.#changed[table] = (this.#changed[table] ?? 0) + rows;
  }
}

// --- internal ---

/** Rows in one transaction. */
const CHUNK_ROWS = 500;
/** Events are larger, and what they found is kept in memory for the next of their session. */
const CHUNK_EVENTS = 200;

/** What is looked at after events and patterns, row by row. */
const LATER = TEXT_COLUMNS.filter(({ isApart }) => isApart !== true);
/** The texts of a tool call that come from its events. */
const CALL_TEXTS = ['summary', 'asked', 'error'] as const;

/** Keys that no payload has. */
const CALL = 'rescan call';
const CODE = 'rescan code';

interface Chunk {
  /** The key of the last row; null when the stage is done. */
  readonly last: RescanJob['after'];
  readonly rows: number;
}

function lastOf<Row>(
  rows: readonly Row[],
  most: number,
  keyOf: (row: Row) => readonly (string | number)[],
): RescanJob['after'] {
  const last = rows.at(-1);
  return last !== undefined && rows.length === most ? keyOf(last) : null;
}
