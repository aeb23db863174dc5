import type { Database } from '../../database/database.ts';
import { sessionDigest } from '../../writers/forgotten-marks.ts';
import { isBounded, isOfWholeSessions } from './criteria.ts';
import type { ForgetCriteria } from './criteria.ts';
import { mentionTest } from './path-mentions.ts';
import type { WantedPaths } from './path-mentions.ts';
import { formsOf, holderOf } from './text-forms.ts';

/*
 * What is forgotten together: a tool call with its events and the code that it wrote. An event of no call is
 * a unit of its own. A unit is chosen if, for each criterion, one of its rows meets it.
 */

/** Temporary tables with the rows that were chosen. */
export const CHOSEN = {
  /** event_id, session_id */
  events: 'temp.forget_events',
  /** session_id, tool_use_id */
  calls: 'temp.forget_calls',
  /** event_id, ordinal, pattern_id, session_id, file_path */
  occurrences: 'temp.forget_occurrences',
  /** id: patterns with a chosen occurrence, and those that were chosen themselves */
  patterns: 'temp.forget_patterns',
  /** id: sessions with a chosen row */
  sessions: 'temp.forget_sessions',
} as const;

/** Puts what the criteria choose into the tables of {@link CHOSEN}, which only this connection sees. */
export function choose(database: Database, criteria: ForgetCriteria): void {
  startUnits(database);
  if (criteria.projects !== undefined || criteria.files !== undefined) noteFolders(database);
  const meets = contentTest(database, criteria);
  database.function('forget_wants', (key: unknown) => (meets(String(key)) ? 1 : 0));
  if (criteria.projects !== undefined) {
    defineNames(database, 'forget_reaches', {
      paths: criteria.projects,
      isBelowMeant: true,
      isInputOnly: true,
    });
  }
  const parameters = placeParameters(criteria);
  for (const { table, alias, key, at, place } of SOURCES) {
    const conditions = [...placeConditions(criteria, place), ...timeConditions(criteria, at)];
    database
      .prepare<[Record<string, string | number>]>(
        `INSERT OR IGNORE INTO temp.forget_units
         SELECT key FROM (SELECT ${key} AS key FROM ${table} ${alias} WHERE ${conditions.join(' AND ')})
         WHERE forget_wants(key)`,
      )
      .run(parameters);
  }
  chooseRows(database);
  choosePatterns(database, criteria);
  if (criteria.session !== undefined) {
    database
      .prepare<[string]>('INSERT OR IGNORE INTO temp.forget_sessions VALUES (?)')
      .run(criteria.session);
  }
}

/** Chooses what was forgotten before and has come back, because another database was merged into this one. */
export function chooseReturned(database: Database): void {
  startUnits(database);
  database.exec(`INSERT OR IGNORE INTO temp.forget_units
    SELECT ${EVENT} FROM events e WHERE e.event_id IN (SELECT id FROM forgotten)
    UNION SELECT ${OCCURRENCE} FROM occurrences o WHERE o.event_id IN (SELECT id FROM forgotten)`);
  const untils = new Map(
    database
      .prepare<[], [string, number]>('SELECT id, until FROM forgotten WHERE until IS NOT NULL')
      .raw()
      .all(),
  );
  const sessions =
    untils.size > 0 ? database.prepare<[], string>('SELECT id FROM sessions').pluck().all() : [];
  for (const id of sessions) {
    const until = untils.get(sessionDigest(id));
    if (until === undefined) continue;
    for (const { table, alias, key, at } of SOURCES) {
      database
        .prepare<[string, number]>(
          `INSERT OR IGNORE INTO temp.forget_units
           SELECT ${key} FROM ${table} ${alias} WHERE ${alias}.session_id = ? AND ${at} <= ?`,
        )
        .run(id, until);
    }
  }
  chooseRows(database);
}

/** The chosen sessions that are forgotten whole: the one that was asked for, or those that began in the projects. */
export function wholeSessions(database: Database, criteria: Omit<ForgetCriteria, 'at'>): string[] {
  if (!isOfWholeSessions(criteria)) return [];
  return database
    .prepare<[string | null, string], string>(
      `SELECT id FROM ${CHOSEN.sessions} WHERE id = ? OR id IN (SELECT session.id FROM sessions session
         JOIN projects project ON project.id = session.project_id
         WHERE project.root IN (SELECT value FROM json_each(?)))`,
    )
    .pluck()
    .all(criteria.session ?? null, JSON.stringify(criteria.projects ?? []));
}

/** Makes the SQL function `forget_holds(text)`, which tells whether a text holds what `match` asks for. */
export function defineHolds(database: Database, text: string): void {
  const holds = holderOf(formsOf(text));
  database.function('forget_holds', { deterministic: true }, (value: unknown) =>
    typeof value === 'string' && holds(value) ? 1 : 0,
  );
}

// --- internal ---

/** Makes an SQL function of a text and the folder it is to be read in, which tells whether it names a wanted path. */
function defineNames(database: Database, name: string, wanted: WantedPaths): void {
  const names = mentionTest(wanted);
  database.function(name, { deterministic: true }, (text: unknown, cwd: unknown) =>
    typeof text === 'string' && names(text, typeof cwd === 'string' ? cwd : undefined) ? 1 : 0,
  );
}

function startUnits(database: Database): void {
  for (const table of ['temp.forget_units', ...Object.values(CHOSEN)]) {
    database.exec(`DROP TABLE IF EXISTS ${table}`);
  }
  database.exec('CREATE TEMP TABLE forget_units (key TEXT PRIMARY KEY) WITHOUT ROWID');
}

/** Where calls were made, as their events tell. */
function noteFolders(database: Database): void {
  database.exec(`
    DROP TABLE IF EXISTS temp.forget_folders;
    CREATE TEMP TABLE forget_folders (session_id, tool_use_id, cwd, PRIMARY KEY (session_id, tool_use_id));
    INSERT OR IGNORE INTO temp.forget_folders SELECT session_id, tool_use_id, json_extract(payload_text(payload), '$.cwd')
      FROM events WHERE tool_use_id IS NOT NULL AND payload IS NOT NULL`);
}

/** Fills the tables of {@link CHOSEN} from the chosen units. */
function chooseRows(database: Database): void {
  const chosen = (key: string) => `${key} IN (SELECT key FROM temp.forget_units)`;
  database.exec(`
    CREATE TEMP TABLE forget_events AS SELECT event_id, session_id FROM events e WHERE ${chosen(EVENT)};
    CREATE TEMP TABLE forget_calls AS SELECT session_id, tool_use_id FROM tool_calls c WHERE ${chosen(CALL)};
    CREATE TEMP TABLE forget_occurrences AS SELECT event_id, ordinal, pattern_id, session_id, file_path
      FROM occurrences o WHERE ${chosen(OCCURRENCE)};
    CREATE TEMP TABLE forget_patterns (id TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT OR IGNORE INTO temp.forget_patterns SELECT pattern_id FROM temp.forget_occurrences;
    CREATE TEMP TABLE forget_sessions (id TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT OR IGNORE INTO temp.forget_sessions SELECT session_id FROM temp.forget_events
      UNION SELECT session_id FROM temp.forget_calls UNION SELECT session_id FROM temp.forget_occurrences;
  `);
}

const EVENT = `coalesce(e.session_id || char(10) || e.tool_use_id,
  (SELECT own.session_id || char(10) || own.tool_use_id FROM occurrences own
   WHERE own.event_id = e.event_id AND own.tool_use_id IS NOT NULL LIMIT 1), e.event_id)`;
const CALL = 'c.session_id || char(10) || c.tool_use_id';
const OCCURRENCE = 'coalesce(o.session_id || char(10) || o.tool_use_id, o.event_id)';

const EVENT_CWD = "json_extract(payload_text(e.payload), '$.cwd')";
/** Where a call was made is known of its events only; without their payloads, it is taken for the session's folder. */
const CALL_CWD = `coalesce((SELECT cwd FROM temp.forget_folders
    WHERE session_id = c.session_id AND tool_use_id = c.tool_use_id),
  (SELECT cwd FROM sessions WHERE id = c.session_id))`;

/** Sessions of the projects that are asked for, and their ids. */
const OF_PROJECTS = `IN (SELECT id FROM sessions WHERE project_id IN
  (SELECT id FROM projects WHERE root IN (SELECT value FROM json_each(@projects))))`;

interface Source {
  readonly table: string;
  readonly alias: string;
  readonly key: string;
  readonly at: string;
  /** True for the projects of @projects, and for what reaches into them. */
  readonly place: string;
}

const SOURCES: readonly Source[] = [
  {
    table: 'events',
    alias: 'e',
    key: EVENT,
    at: 'e.received_at',
    place: `e.session_id ${OF_PROJECTS} OR EXISTS (SELECT 1 FROM json_each(@projects) root
      WHERE json_extract(payload_text(e.payload), '$.cwd') = root.value
        OR substr(json_extract(payload_text(e.payload), '$.cwd'), 1, length(root.value) + 1) = root.value || '/')
      OR forget_reaches(payload_text(e.payload), ${EVENT_CWD})`,
  },
  {
    table: 'tool_calls',
    alias: 'c',
    key: CALL,
    at: 'c.at',
    place: `c.session_id ${OF_PROJECTS} OR forget_reaches(c.summary, ${CALL_CWD})`,
  },
  {
    table: 'occurrences',
    alias: 'o',
    key: OCCURRENCE,
    at: 'o.at',
    place: `o.session_id ${OF_PROJECTS} OR o.project_id IN
      (SELECT id FROM projects WHERE root IN (SELECT value FROM json_each(@projects)))
      OR forget_reaches(o.file_path, NULL)`,
  },
];

function placeParameters({ session, projects, since, until, at }: ForgetCriteria) {
  return {
    at,
    ...(session === undefined ? {} : { session }),
    ...(projects === undefined ? {} : { projects: JSON.stringify(projects) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function placeConditions({ session, projects }: ForgetCriteria, place: string): string[] {
  return [
    ...(session === undefined ? [] : ['session_id = @session']),
    ...(projects === undefined ? [] : [`(${place})`]),
  ];
}

function timeConditions({ since, until }: ForgetCriteria, at: string): string[] {
  return [
    `${at} <= @at`,
    ...(since === undefined ? [] : [`${at} >= @since`]),
    ...(until === undefined ? [] : [`${at} < @until`]),
  ];
}

/** A test of a unit's key: whether a row of the unit meets each criterion about content. */
function contentTest(
  database: Database,
  { files, pattern, match }: ForgetCriteria,
): (key: string) => boolean {
  const keys = (sql: string, ...values: string[]) =>
    database
      .prepare<string[], string>(sql)
      .pluck()
      .all(...values);
  const sets: ReadonlySet<string>[] = [];
  if (files !== undefined) {
    defineNames(database, 'forget_names', {
      paths: files,
      isBelowMeant: false,
      isInputOnly: false,
    });
    sets.push(
      new Set([
        ...keys(
          `SELECT ${EVENT} FROM events e WHERE forget_names(payload_text(e.payload), ${EVENT_CWD})`,
        ),
        ...keys(
          `SELECT ${CALL} FROM tool_calls c
           WHERE forget_names(c.summary, ${CALL_CWD}) OR forget_names(c.asked, ${CALL_CWD})`,
        ),
        ...keys(
          `SELECT ${OCCURRENCE} FROM occurrences o
           WHERE o.file_path IN (SELECT value FROM json_each(?))`,
          JSON.stringify(files),
        ),
      ]),
    );
  }
  if (pattern !== undefined) {
    sets.push(
      new Set(keys(`SELECT ${OCCURRENCE} FROM occurrences o WHERE o.pattern_id = ?`, pattern)),
    );
  }
  if (match !== undefined) {
    defineHolds(database, match);
    const within = `IN (SELECT session.id FROM sessions session
      LEFT JOIN projects project ON project.id = session.project_id
      WHERE forget_holds(session.id) OR forget_holds(session.cwd) OR forget_holds(session.git_branch)
        OR forget_holds(session.transcript_path) OR forget_holds(project.root))`;
    sets.push(
      new Set([
        ...keys(
          `SELECT ${EVENT} FROM events e WHERE forget_holds(payload_text(e.payload)) OR e.session_id ${within}`,
        ),
        ...keys(
          `SELECT ${CALL} FROM tool_calls c WHERE forget_holds(c.summary) OR forget_holds(c.error) OR forget_holds(c.asked)
             OR forget_holds(c.tool_name) OR c.session_id ${within}`,
        ),
        ...keys(
          `SELECT ${OCCURRENCE} FROM occurrences o WHERE forget_holds(o.file_path) OR forget_holds(o.tool_name)
             OR o.session_id ${within} OR o.pattern_id IN (${MATCHING_PATTERNS})`,
        ),
      ]),
    );
  }
  return (key) => sets.every((set) => set.has(key));
}

const MATCHING_PATTERNS = `SELECT id FROM patterns WHERE forget_holds(code) OR forget_holds(name)
  UNION SELECT pattern_id FROM pattern_versions WHERE forget_holds(code) OR forget_holds(name)`;

/** Patterns that are asked for themselves, and may have no occurrence. */
function choosePatterns(database: Database, criteria: ForgetCriteria): void {
  const { files, pattern, match } = criteria;
  if (isBounded(criteria) || files !== undefined) return;
  if (pattern === undefined && match === undefined) return;
  const conditions = [
    ...(pattern === undefined ? [] : ['id = @pattern']),
    ...(match === undefined ? [] : [`id IN (${MATCHING_PATTERNS})`]),
  ];
  database
    .prepare<[Record<string, string>]>(
      `INSERT OR IGNORE INTO temp.forget_patterns SELECT id FROM patterns WHERE ${conditions.join(' AND ')}`,
    )
    .run(pattern === undefined ? {} : { pattern });
}
