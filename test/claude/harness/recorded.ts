import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import type { Database } from '../../../lib/store/database/sqlite.ts';

/** What tracker.db holds of one session. */
export interface Recorded {
  readonly session: RecordedSession | undefined;
  readonly calls: readonly RecordedCall[];
  readonly occurrences: readonly RecordedOccurrence[];
  readonly subagents: readonly { readonly agent_id: string; readonly agent_type: string | null }[];
  /** How many events of each name. */
  readonly events: Readonly<Record<string, number>>;
}

interface RecordedSession {
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly source: string | null;
  readonly end_reason: string | null;
  readonly cwd: string | null;
  readonly root: string | null;
  readonly git_branch: string | null;
  readonly prompts: number;
}

interface RecordedCall {
  readonly tool_use_id: string;
  readonly tool_name: string;
  readonly agent_id: string | null;
  readonly outcome: string;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly duration_ms: number | null;
}

/** One occurrence, with its pattern. */
interface RecordedOccurrence {
  readonly pattern_id: string;
  readonly action: string;
  readonly tool_use_id: string | null;
  readonly tool_name: string;
  readonly file_path: string;
  readonly language: string;
  readonly start_line: number | null;
  readonly end_line: number | null;
  readonly code: string;
  readonly generation: number;
  readonly lineage_id: string;
}

export interface RecordedEdge {
  readonly child_id: string;
  readonly parent_id: string;
  readonly edge_type: string;
}

/** Reads all that tracker.db holds of one session. */
export function readRecorded(database: string, sessionId: string): Recorded {
  return reading(database, (db) => ({
    session: db
      .prepare<[string], RecordedSession>(
        `SELECT s.*, p.root FROM sessions s LEFT JOIN projects p ON p.id = s.project_id WHERE s.id = ?`,
      )
      .get(sessionId),
    calls: db
      .prepare<[string], RecordedCall>('SELECT * FROM tool_calls WHERE session_id = ? ORDER BY at')
      .all(sessionId),
    occurrences: db
      .prepare<[string], RecordedOccurrence>(
        `SELECT o.*, p.code, p.generation, p.lineage_id
         FROM occurrences o JOIN patterns p ON p.id = o.pattern_id
         WHERE o.session_id = ? ORDER BY o.at, o.ordinal`,
      )
      .all(sessionId),
    subagents: db
      .prepare<[string], Recorded['subagents'][number]>(
        'SELECT * FROM subagents WHERE session_id = ?',
      )
      .all(sessionId),
    events: Object.fromEntries(
      db
        .prepare<[string], { name: string; n: number }>(
          'SELECT name, count(*) AS n FROM events WHERE session_id = ? GROUP BY name',
        )
        .all(sessionId)
        .map(({ name, n }) => [name, n]),
    ),
  }));
}

/** The parents of a pattern. */
export function readParents(database: string, patternId: string): RecordedEdge[] {
  return reading(database, (db) =>
    db
      .prepare<[string], RecordedEdge>('SELECT * FROM lineage_edges WHERE child_id = ?')
      .all(patternId),
  );
}

/** The ids of all sessions recorded. */
export function readSessionIds(database: string): string[] {
  return reading(database, (db) =>
    db
      .prepare<[], { id: string }>('SELECT id FROM sessions ORDER BY id')
      .all()
      .map(({ id }) => id),
  );
}

/** The totals that the courier keeps, by name. */
export function readCounters(database: string): Readonly<Record<string, number>> {
  return reading(database, (db) =>
    Object.fromEntries(
      db
        .prepare<[], { name: string; value: number }>('SELECT name, value FROM counters')
        .all()
        .map(({ name, value }) => [name, value]),
    ),
  );
}

// --- internal ---

function reading<Result>(database: string, read: (db: Database) => Result): Result {
  const db = new Sqlite(database, { readonly: true, fileMustExist: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}
