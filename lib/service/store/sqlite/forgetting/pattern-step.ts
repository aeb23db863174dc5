import { basename } from 'node:path/posix';
import { Descent } from '../../../../pattern/descent.ts';
import { occurrenceKey } from '../../../../pattern/occurrence-key.ts';
import type { Database } from '../../../../store/database/database.ts';
import { DESCENT_COLUMNS, DescentRows } from '../../../../store/writers/descent-rows.ts';
import {
  addRemoved,
  choosesCalls,
  movesOrigins,
  NOTHING_REMOVED,
  STEP_ROWS,
  TELLING_EVENTS,
} from '../../rows/forgetting.ts';
import type { RemovedRows, Selection } from '../../rows/forgetting.ts';
import { EVENT_ID } from '../patterns.ts';
import { forgottenDigest } from './forgotten.ts';
import { IS_SESSION_EMPTY, selectionSql } from './selection-sql.ts';

/** One step through patterns: first their events, then the patterns that no event is left of. */
export class PatternStep {
  removed: RemovedRows = NOTHING_REMOVED;
  readonly #database: Database;
  readonly #selection: Selection;
  readonly #now: number;
  readonly #remember;
  /** The ids of the deleted events, as clients know them. */
  readonly #eventIds = new Set<string>();
  /** How many occurrences each pattern has lost; those that lost an event are keys. */
  readonly #lost = new Map<string, number>();
  readonly #occurrences: RemovedOccurrence[] = [];

  constructor(database: Database, selection: Selection, now: number) {
    this.#database = database;
    this.#selection = selection;
    this.#now = now;
    this.#remember = database.prepare<[string, number]>(
      'INSERT INTO forgotten_lineage (digest, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
    );
  }

  /** Deletes events and occurrences of the patterns; returns false if some are left for another step. */
  removeEvents(ids: readonly string[]): boolean {
    const { event, occurrence } = selectionSql(this.#selection);
    const given = { ...this.#selection, ids: JSON.stringify(ids), rows: STEP_ROWS };
    const events = this.#database
      .prepare<[object], { id: number; eventId: string; patternId: string }>(
        `SELECT e.id, e.event_id AS eventId, e.pattern_id AS patternId
         FROM json_each(@ids) page CROSS JOIN lineage_events e ON e.pattern_id = page.value
         WHERE ${event} LIMIT @rows`,
      )
      .all(given);
    const remove = this.#database.prepare<[number]>('DELETE FROM lineage_events WHERE id = ?');
    for (const { id, eventId, patternId } of events) {
      remove.run(id);
      this.#note(eventId, patternId);
      const { eventId: own, ordinal } = occurrenceKey(eventId);
      this.#removeOccurrence(own, ordinal, patternId);
    }
    this.removed = addRemoved(this.removed, { events: events.length });
    if (events.length === STEP_ROWS) return false;
    if (this.#selection.machine !== undefined) return true; // other occurrences name no machine
    const others = this.#database
      .prepare<[object], { own: string; ordinal: number; eventId: string; patternId: string }>(
        `SELECT o.event_id AS own, o.ordinal, ${EVENT_ID} AS eventId, o.pattern_id AS patternId
         FROM json_each(@ids) page CROSS JOIN occurrences o ON o.pattern_id = page.value
         WHERE ${occurrence} LIMIT @rows`,
      )
      .all(given);
    for (const { own, ordinal, eventId, patternId } of others) {
      this.#note(eventId, patternId);
      this.#removeOccurrence(own, ordinal, patternId);
    }
    return others.length < STEP_ROWS;
  }

  /** Deletes the patterns that nothing is left of, and sets the others right. */
  removePatterns(ids: readonly string[]): void {
    const rows = this.#database
      .prepare<[string], PatternRow & { isLeft: number }>(
        `SELECT p.id, p.version, p.last_seen_at AS lastSeenAt, ${DESCENT_COLUMNS},
           EXISTS (SELECT 1 FROM lineage_events WHERE pattern_id = p.id)
             OR EXISTS (SELECT 1 FROM occurrences WHERE pattern_id = p.id) AS isLeft
         FROM json_each(?) page CROSS JOIN patterns p ON p.id = page.value`,
      )
      .all(JSON.stringify(ids));
    const gone = rows.filter(
      (row) => row.isLeft === 0 && (this.#lost.has(row.id) || this.#isChosen(row)),
    );
    const kept = rows.filter(({ id, isLeft }) => isLeft === 1 && this.#lost.has(id));
    const isOriginGone = movesOrigins(this.#selection);
    const moved = kept.filter(({ originKey }) => isOriginGone && this.#eventIds.has(originKey));
    const stored = new DescentRows(this.#database);
    const descent = new Descent(stored);
    descent.delete(gone.map(({ id }) => id));
    const origins = moved.map((row) => {
      const origin = this.#nextOrigin(row);
      descent.moveOrigin(row.id, origin);
      return { id: row.id, ...origin };
    });
    const changes = descent.changes();
    this.#removeRows(gone.map(({ id }) => id));
    const edges = this.#database.prepare<[string]>(
      'DELETE FROM lineage_edges WHERE child_id = ? AND position >= 0',
    );
    for (const { id } of moved) {
      this.removed = addRemoved(this.removed, { edges: edges.run(id).changes });
    }
    stored.apply(changes);
    for (const origin of origins) this.#describe(origin);
    for (const { id } of kept) this.#recount(id);
    this.#unlink(
      changes.map(({ after }) => after.id),
      gone.map(({ id }) => id),
    );
  }

  /** Deletes the tool calls whose code is all deleted, and the sessions that nothing is left of. */
  removeCalls(): void {
    const calls = choosesCalls(this.#selection) ? [] : this.#occurrences;
    const removeCall = this.#database.prepare<[string, string]>(
      `DELETE FROM tool_calls AS c WHERE session_id = ? AND tool_use_id = ? AND NOT EXISTS (
         SELECT 1 FROM occurrences WHERE session_id = c.session_id AND tool_use_id = c.tool_use_id)`,
    );
    let executions = 0;
    for (const { sessionId, toolUseId } of calls) {
      if (toolUseId !== null) executions += removeCall.run(sessionId, toolUseId).changes;
    }
    const removeSession = this.#database.prepare<[string]>(
      `DELETE FROM sessions AS s WHERE id = ? AND ${IS_SESSION_EMPTY}`,
    );
    let sessions = 0;
    for (const id of new Set(this.#occurrences.map(({ sessionId }) => sessionId))) {
      sessions += removeSession.run(id).changes;
    }
    this.removed = addRemoved(this.removed, { executions, sessions });
  }

  /** Whether a pattern without any event is one that the selection names. */
  #isChosen({ lastSeenAt }: PatternRow): boolean {
    const { before } = this.#selection;
    return !movesOrigins(this.#selection) && (before === undefined || lastSeenAt < before);
  }

  #note(eventId: string, patternId: string): void {
    this.#eventIds.add(eventId);
    this.#remember.run(forgottenDigest('event', eventId), this.#now);
    if (!this.#lost.has(patternId)) this.#lost.set(patternId, 0);
  }

  #removeOccurrence(eventId: string, ordinal: number, patternId: string): void {
    const found = this.#database
      .prepare<[string, number], RemovedOccurrence>(
        `DELETE FROM occurrences WHERE event_id = ? AND ordinal = ?
         RETURNING session_id AS sessionId, tool_use_id AS toolUseId`,
      )
      .get(eventId, ordinal);
    if (!found) return;
    this.#occurrences.push(found);
    this.#lost.set(patternId, (this.#lost.get(patternId) ?? 0) + 1);
    this.removed = addRemoved(this.removed, { occurrences: 1 });
    // The hook's own event, where a courier fills this database: its payload has the code as well.
    this.#database
      .prepare<[string]>('UPDATE events SET payload = NULL WHERE event_id = ?')
      .run(eventId);
  }

  #nextOrigin({ id, version, originAt }: PatternRow): { at: number; key: string } {
    const told = this.#database
      .prepare<[object], { at: number; key: string }>(
        `SELECT at, key FROM (
           SELECT e.at, e.event_id AS key FROM lineage_events e
           WHERE e.pattern_id = @id AND e.version = @version
             AND e.event_type IN (SELECT value FROM json_each(@telling))
           UNION ALL
           SELECT o.at, ${EVENT_ID} FROM occurrences o WHERE o.pattern_id = @id
             AND NOT EXISTS (SELECT 1 FROM lineage_events WHERE event_id = ${EVENT_ID}))
         ORDER BY at, key DESC LIMIT 1`,
      )
      .get({ id, version, telling: JSON.stringify(TELLING_EVENTS) });
    if (told) return told;
    const at = this.#database
      .prepare<[object], number | null>(
        `SELECT min(at) FROM (SELECT min(at) AS at FROM lineage_events WHERE pattern_id = @id
           UNION ALL SELECT min(at) FROM occurrences WHERE pattern_id = @id)`,
      )
      .pluck()
      .get({ id });
    return { at: at ?? originAt, key: '' };
  }

  #removeRows(ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#remember.run(forgottenDigest('pattern', id), this.#now);
    const given = JSON.stringify(ids);
    const remove = (table: string, condition: string) =>
      this.#database
        .prepare<[object]>(`DELETE FROM ${table} WHERE ${condition}`)
        .run({ ids: given }).changes;
    const isGone = (column: string) => `${column} IN (SELECT value FROM json_each(@ids))`;
    const edges = ['child_id', 'parent_id'].map(isGone);
    this.removed = addRemoved(this.removed, {
      versions: remove('pattern_versions', isGone('pattern_id')),
      edges: edges.reduce((sum, condition) => sum + remove('lineage_edges', condition), 0),
      feedback: remove('feedback', isGone('pattern_id')),
      improvements: remove('applied_improvements', isGone('pattern_id')),
      patterns: remove('patterns', isGone('id')),
    });
    for (const condition of edges) remove('pending_edges', condition);
    for (const table of ['deprecations', 'sink_patterns']) {
      remove(table, isGone('pattern_id'));
    }
  }

  /** Calls a pattern after its new origin. */
  #describe({ id, key }: { readonly id: string; readonly key: string }): void {
    const { eventId, ordinal } = occurrenceKey(key);
    const path = this.#database
      .prepare<[string, number], string>(
        `UPDATE occurrences SET action = 'created' WHERE event_id = ? AND ordinal = ?
         RETURNING file_path`,
      )
      .pluck()
      .get(eventId, ordinal);
    const name = path && basename(path);
    if (name) {
      this.#database
        .prepare<[string, string]>('UPDATE patterns SET name = ? WHERE id = ?')
        .run(name, id);
    }
  }

  #recount(id: string): void {
    this.#database
      .prepare<[object]>(
        `UPDATE patterns SET occurrences = occurrences - @lost,
           first_seen_at = min(coalesce(origin_at, first_seen_at), coalesce(
             (SELECT min(at) FROM occurrences WHERE pattern_id = @id), origin_at, first_seen_at)),
           last_seen_at = max(coalesce(origin_at, first_seen_at), coalesce(
             (SELECT max(at) FROM occurrences WHERE pattern_id = @id), origin_at, first_seen_at))
         WHERE id = @id`,
      )
      .run({ id, lost: this.#lost.get(id) ?? 0 });
  }

  /** Occurrences of former children name the deleted pattern as the one they replaced. */
  #unlink(children: readonly string[], gone: readonly string[]): void {
    this.#database
      .prepare<[string, string]>(
        `UPDATE occurrences SET replaced_id = NULL
         WHERE pattern_id IN (SELECT value FROM json_each(?))
           AND replaced_id IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(children), JSON.stringify(gone));
  }
}

// --- internal ---

interface RemovedOccurrence {
  readonly sessionId: string;
  readonly toolUseId: string | null;
}

interface PatternRow {
  readonly id: string;
  readonly version: string;
  readonly originAt: number;
  readonly originKey: string;
  readonly lastSeenAt: number;
}
