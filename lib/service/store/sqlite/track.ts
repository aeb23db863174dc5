import type { Database } from '../../../store/database/database.ts';
import { LAST_EVENT_KEY } from '../../../store/database/schema-parts/service-schema.ts';
import type { TrackAnswer, TrackedEvent } from '../rows/tracked-event.ts';
import { DescentRows } from '../../../store/writers/descent-rows.ts';
import { Deprecations } from '../../../store/writers/deprecations.ts';
import { SqliteKnown } from './known.ts';
import { trackNeeds } from '../track-plan.ts';
import type { NewOccurrence, NewPattern, Sighting, TrackPlan } from '../track-plan.ts';
import { planTrack } from '../track-planner.ts';

/** Applies events of the lineage API to tracker.db, as `planTrack` plans. */
export class SqliteTrack {
  readonly #known: SqliteKnown;
  readonly #addEvent;
  readonly #addPattern;
  readonly #addVersion;
  readonly #addEdge;
  readonly #addOccurrence;
  readonly #see;
  readonly #rename;
  readonly #descent: DescentRows;
  readonly #deprecations: Deprecations;
  readonly #addSession;
  readonly #addToolCall;

  constructor(database: Database) {
    this.#addEvent = database.prepare<EventColumns>(
      `INSERT INTO lineage_events (id, event_id, event_type, pattern_id, version, session_id, at,
         received_at, duration_ms, request, extra)
       VALUES (1 + max(coalesce((SELECT max(id) FROM lineage_events), 0), coalesce((
         SELECT CAST(value AS INTEGER) FROM meta WHERE key = '${LAST_EVENT_KEY}'), 0)),
         ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#addPattern = database.prepare<PatternColumns>(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         version, pattern_type, origin_at, origin_key, occurrences, first_seen_at, last_seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#addVersion = database.prepare<VersionColumns>(
      `INSERT INTO pattern_versions (pattern_id, version, generation, name, code, pattern_type,
         from_version, edge_type, transformation_type, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#addEdge = database.prepare<[string, string, string, string | null, number]>(
      `INSERT INTO lineage_edges (child_id, parent_id, edge_type, transformation_type, created_at,
         position)
       VALUES (?, ?, ?, ?, ?, ${VERSION_EDGE}) ON CONFLICT DO NOTHING`,
    );
    this.#addOccurrence = database.prepare<OccurrenceColumns>(
      `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_use_id,
         tool_name, file_path, language, start_line, end_line, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#see = database.prepare<[number, number, number, string]>(
      `UPDATE patterns SET occurrences = occurrences + ?,
         origin_at = coalesce(origin_at, first_seen_at), first_seen_at = min(first_seen_at, ?),
         last_seen_at = max(last_seen_at, ?) WHERE id = ?`,
    );
    this.#rename = database.prepare<[string, string, string, string]>(
      'UPDATE patterns SET name = ?, pattern_type = ?, language = ? WHERE id = ?',
    );
    this.#descent = new DescentRows(database);
    this.#known = new SqliteKnown(database, this.#descent);
    this.#deprecations = new Deprecations(database);
    this.#addSession = database.prepare<[string, number, number]>(
      `INSERT INTO sessions (id, started_at, last_event_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET started_at = min(started_at, excluded.started_at),
         last_event_at = max(last_event_at, excluded.last_event_at)`,
    );
    this.#addToolCall = database.prepare<ToolCallColumns>(
      `INSERT INTO tool_calls (session_id, tool_use_id, tool_name, agent_id, summary, outcome,
         certainty, ended_at, duration_ms, at) VALUES (?, ?, ?, ?, ?, 'ok', 1, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
  }

  /** Applies events in their order, and answers each. Call it in a transaction that has the write lock. */
  apply(events: readonly TrackedEvent[]): readonly TrackAnswer[] {
    const plan = planTrack(events, this.#known.read(trackNeeds(events)));
    this.#write(plan);
    return plan.answers;
  }

  #write(plan: TrackPlan): void {
    const { events, patterns, versions, versionEdges, occurrences, deprecations } = plan;
    const seen = new Map(plan.sightings.map((sighting) => [sighting.patternId, sighting]));
    for (const row of events) {
      const { eventId, eventType, patternId, version, sessionId, at, receivedAt } = row;
      const values = [eventId, eventType, patternId, version, sessionId, at, receivedAt] as const;
      const extra = JSON.stringify(row.extra);
      this.#addEvent.run(...values, row.durationMs, row.request ?? null, extra);
    }
    for (const pattern of patterns) {
      // A new row is written once, together with its sighting.
      this.#writePattern(pattern, seen.get(pattern.patternId));
      seen.delete(pattern.patternId);
    }
    for (const { patternId, name, patternType, language } of plan.renamings) {
      this.#rename.run(name, patternType, language, patternId);
    }
    this.#descent.apply(plan.descents);
    for (const row of versions) {
      const { patternId, version, generation, name, code, patternType, fromVersion } = row;
      const { edgeType, transformationType, at } = row;
      const values = [patternId, version, generation, name, code, patternType] as const;
      this.#addVersion.run(...values, fromVersion, edgeType, transformationType, at);
    }
    for (const { childId, parentId, edgeType, transformationType, at } of versionEdges) {
      this.#addEdge.run(childId, parentId, edgeType, transformationType, at);
    }
    for (const occurrence of occurrences) this.#writeOccurrence(occurrence);
    for (const { patternId, occurrences: count, firstAt, lastAt } of seen.values()) {
      this.#see.run(count, firstAt, lastAt, patternId);
    }
    for (const { patternId, reason, at } of deprecations) {
      this.#deprecations.add(patternId, reason, at);
    }
    this.#writeCalls(occurrences);
  }

  #writePattern(pattern: NewPattern, sighting: Sighting | undefined): void {
    const { patternId, name, code, language, lines, version, patternType, descent } = pattern;
    const { origin, generation, lineageId, originAt, originKey } = descent;
    this.#addPattern.run(
      ...([patternId, name, code, language, lines, origin, generation, lineageId] as const),
      ...([version, patternType, originAt, originKey, sighting?.occurrences ?? 0] as const),
      Math.min(originAt, sighting?.firstAt ?? originAt),
      Math.max(pattern.lastAt, sighting?.lastAt ?? pattern.lastAt),
    );
  }

  #writeOccurrence({ key, patternId, action, event }: NewOccurrence): void {
    const { sessionId, toolUseId, toolName, filePath, language, startLine, endLine, at } = event;
    this.#addOccurrence.run(
      ...([key.eventId, key.ordinal, patternId, action, sessionId ?? '', toolUseId] as const),
      ...([toolName ?? '', filePath ?? '', language, startLine, endLine, at] as const),
    );
  }

  /** Adds sessions and tool calls: those of other machines are not recorded in this database. */
  #writeCalls(occurrences: readonly NewOccurrence[]): void {
    const sessions = new Map<string, { from: number; to: number }>();
    for (const { event } of occurrences) {
      const { sessionId, toolUseId, toolName, agentName, filePath, durationMs, at } = event;
      if (sessionId === null) continue;
      const seen = sessions.get(sessionId);
      sessions.set(sessionId, {
        from: Math.min(seen?.from ?? at, at),
        to: Math.max(seen?.to ?? at, at),
      });
      if (toolUseId === null) continue;
      const values = [toolName ?? '', agentName, filePath ?? '', at, durationMs, at] as const;
      this.#addToolCall.run(sessionId, toolUseId, ...values);
    }
    for (const [id, { from, to }] of sessions) this.#addSession.run(id, from, to);
  }
}

// --- internal ---

/** The position of an edge from a further version, which is no claim of the pattern's origin. */
const VERSION_EDGE = -1;

type Text = string | null;
type EventColumns = [
  ...[string, string, string, string, Text, number, number],
  ...[number | null, Text, string],
];
type PatternColumns = [
  ...[string, string, string, string, number, string, number, string, string, string],
  ...[number, string, number, number, number],
];
type VersionColumns = [string, string, number, string, string, string, Text, string, Text, number];
type OccurrenceColumns = [
  ...[string, number, string, string, string, Text, string, string, string],
  ...[number | null, number | null, number],
];
type ToolCallColumns = [string, string, string, Text, string, number, number | null, number];
