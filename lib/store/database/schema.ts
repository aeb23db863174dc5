import { DELIVERY_TABLES } from './schema-parts/delivery-schema.ts';
import { ACCOUNTING_TABLES, SERVICE_TABLES } from './schema-parts/service-schema.ts';
import { AUTHORSHIP_TABLES } from './schema-parts/authorship-schema.ts';
import { HISTORY_INDEXES } from './schema-parts/history-schema.ts';
import { SEARCH_TABLES } from './schema-parts/search-schema.ts';
import { STATISTICS_TABLES } from './schema-parts/statistics-schema.ts';
import { TRANSCRIPT_TABLES } from './schema-parts/transcript-schema.ts';

/**
 * The schema of tracker.db, one string per version; a released version is never edited.
 * Times are milliseconds since 1970 UTC. Readers rely on the comments here.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- Totals that outlive the rows they count: the names are in counters.ts.
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    root TEXT NOT NULL UNIQUE,      -- the git root, of the main work tree; else the folder itself
    name TEXT NOT NULL              -- last part of root
  );

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,            -- Claude's session_id
    started_at INTEGER NOT NULL,    -- first event seen
    ended_at INTEGER,               -- SessionEnd; null while it runs, or when Claude was killed
    last_event_at INTEGER NOT NULL,
    source TEXT,                    -- of the first SessionStart: startup, resume, clear, compact
    end_reason TEXT,
    cwd TEXT,                       -- of the first event
    project_id INTEGER REFERENCES projects(id),
    git_branch TEXT,
    transcript_path TEXT,
    prompts INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX sessions_by_last_event ON sessions(last_event_at);

  CREATE TABLE subagents (
    session_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent_type TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    PRIMARY KEY (session_id, agent_id)
  ) WITHOUT ROWID;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,  -- idempotency key, 32 hex digits
    session_id TEXT NOT NULL,
    name TEXT NOT NULL,             -- hook_event_name
    tool_use_id TEXT,
    agent_id TEXT,
    received_at INTEGER NOT NULL,   -- when capture wrote it
    size INTEGER NOT NULL,          -- bytes as captured
    payload TEXT                    -- redacted and shortened JSON; null once past retention
  );

  -- Which spool files gave an event that has no id of its own (no tool_use_id), by registration.
  CREATE TABLE sightings (
    digest TEXT NOT NULL,
    registration TEXT NOT NULL,     -- settings, plugin
    spool_name TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (digest, registration, spool_name)
  ) WITHOUT ROWID;
  CREATE INDEX sightings_by_age ON sightings(received_at);

  CREATE TABLE tool_calls (
    session_id TEXT NOT NULL,
    tool_use_id TEXT NOT NULL,      -- Claude's; '~…' where the version sends none
    tool_name TEXT NOT NULL,
    agent_id TEXT,
    summary TEXT NOT NULL,          -- file path, command or the like, one line
    input_digest TEXT,              -- pairs pre with post where there is no tool_use_id
    outcome TEXT NOT NULL,          -- ok, failed, rejected, denied, interrupted, running
    certainty INTEGER NOT NULL,     -- 0 only begun, 1 inferred, 2 said by Claude
    error TEXT,
    started_at INTEGER,             -- PreToolUse received; null where none was seen
    ended_at INTEGER,
    duration_ms REAL,               -- the payload's own, else ended_at - started_at
    at INTEGER NOT NULL,            -- coalesce(started_at, ended_at): the order they are shown in
    PRIMARY KEY (session_id, tool_use_id)
  ) WITHOUT ROWID;
  CREATE INDEX tool_calls_by_time ON tool_calls(at);

  CREATE TABLE patterns (
    id TEXT PRIMARY KEY,            -- 16 hex digits
    name TEXT NOT NULL,             -- base name of the file it was first seen in
    code TEXT NOT NULL,             -- redacted, as first seen
    language TEXT NOT NULL,
    lines INTEGER NOT NULL,
    origin TEXT NOT NULL,           -- created, modified: how the first occurrence came to be
    generation INTEGER NOT NULL,    -- 1 for created, parent + 1 for modified
    lineage_id TEXT NOT NULL,       -- id of the root pattern
    occurrences INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
  );
  CREATE INDEX patterns_by_last_seen ON patterns(last_seen_at);
  CREATE INDEX patterns_by_lineage ON patterns(lineage_id);

  CREATE TABLE lineage_edges (
    child_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    edge_type TEXT NOT NULL,        -- modified_from; merged_from, … of the tracker API
    created_at INTEGER NOT NULL,
    PRIMARY KEY (child_id, parent_id)
  ) WITHOUT ROWID;
  CREATE INDEX lineage_edges_by_parent ON lineage_edges(parent_id);

  CREATE TABLE occurrences (
    event_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,       -- of the fragment within its event
    pattern_id TEXT NOT NULL,
    action TEXT NOT NULL,           -- created, modified, applied
    replaced_id TEXT,               -- the known fragment it took the place of
    session_id TEXT NOT NULL,
    tool_use_id TEXT,
    tool_name TEXT NOT NULL,
    project_id INTEGER,
    file_path TEXT NOT NULL,
    language TEXT NOT NULL,
    start_line INTEGER,
    end_line INTEGER,               -- inclusive
    at INTEGER NOT NULL,
    PRIMARY KEY (event_id, ordinal)
  ) WITHOUT ROWID;
  CREATE INDEX occurrences_by_pattern ON occurrences(pattern_id, at);
  CREATE INDEX occurrences_by_session ON occurrences(session_id);
  CREATE INDEX occurrences_by_project ON occurrences(project_id, at);

  -- What is known of a file's present content: which fragment lies in it, with its text as it is now.
  CREATE TABLE live_fragments (
    file_path TEXT NOT NULL,
    seq INTEGER NOT NULL,           -- later fragments first when an Edit looks for its parent
    pattern_id TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (file_path, seq)
  ) WITHOUT ROWID;
  `,
  DELIVERY_TABLES,
  SERVICE_TABLES,
  `
  -- The pattern's origin: its time, which is later than first_seen_at if the service was told of an
  -- earlier application, and its event's id as sinks know it. Both are null in rows of an earlier release:
  -- first_seen_at is then the time, and there is no id.
  ALTER TABLE patterns ADD COLUMN origin_at INTEGER;
  ALTER TABLE patterns ADD COLUMN origin_key TEXT;

  -- The parent's place, from 0, in the order in which the child's origin named its parents; the first one
  -- that counts gives the lineage. -1: only a further version of the child named this parent.
  ALTER TABLE lineage_edges ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
  UPDATE lineage_edges SET position = -1 WHERE EXISTS (
    SELECT 1 FROM pattern_versions version
    WHERE version.pattern_id = child_id AND version.at = created_at);
  UPDATE lineage_edges SET position = 1 WHERE position = 0
    AND (SELECT lineage_id FROM patterns WHERE id = parent_id)
      != (SELECT lineage_id FROM patterns WHERE id = child_id);

  -- An earlier service took a client's word for a parent even if the parent was first seen after the child.
  -- Such a child's origin is dated as late as its parents', so that it keeps them.
  WITH RECURSIVE early (id, at) AS (
    SELECT child.id, parent.first_seen_at
    FROM lineage_edges edge JOIN patterns child ON child.id = edge.child_id
    JOIN patterns parent ON parent.id = edge.parent_id
    WHERE edge.position >= 0 AND parent.first_seen_at > child.first_seen_at
    UNION
    SELECT child.id, early.at
    FROM early JOIN lineage_edges edge ON edge.parent_id = early.id
    JOIN patterns child ON child.id = edge.child_id
    WHERE edge.position >= 0 AND child.first_seen_at < early.at
  )
  UPDATE patterns SET origin_at = (SELECT max(at) FROM early WHERE early.id = patterns.id)
  WHERE id IN (SELECT id FROM early);

  -- It also counted generations from a parent's newest version. They count from the parent itself now.
  WITH RECURSIVE below (id, generation) AS (
    SELECT id, 1 FROM patterns root
    WHERE lineage_id IN (SELECT lineage_id FROM patterns WHERE id IN (SELECT pattern_id FROM pattern_versions))
      AND NOT EXISTS (SELECT 1 FROM lineage_edges WHERE child_id = root.id AND position >= 0)
    UNION
    SELECT edge.child_id, below.generation + 1
    FROM below JOIN lineage_edges edge ON edge.parent_id = below.id WHERE edge.position >= 0
  )
  UPDATE patterns SET generation = max(
    (SELECT max(below.generation) FROM below WHERE below.id = patterns.id),
    coalesce((SELECT 1 + max(parent.generation)
      FROM lineage_edges edge JOIN patterns parent ON parent.id = edge.parent_id
      WHERE edge.child_id = patterns.id AND edge.position >= 0
        AND parent.id NOT IN (SELECT id FROM below)), 1))
  WHERE id IN (SELECT id FROM below);

  -- Parents that the child's origin named and that do not count: they are not known, originated later than
  -- the child, or are part of a circle within one millisecond. See lib/pattern/descent.ts.
  CREATE TABLE pending_edges (
    child_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    edge_type TEXT NOT NULL,
    transformation_type TEXT,
    created_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (parent_id, child_id)
  ) WITHOUT ROWID;
  CREATE INDEX pending_edges_by_child ON pending_edges(child_id);
  `,
  `
  -- The lines of files that a call added and removed, as a diff counts them. Null where it wrote no file,
  -- and in rows of an earlier release.
  ALTER TABLE tool_calls ADD COLUMN lines_added INTEGER;
  ALTER TABLE tool_calls ADD COLUMN lines_removed INTEGER;

  CREATE INDEX events_prompts ON events(session_id, id) WHERE name = 'UserPromptSubmit';
  CREATE INDEX occurrences_by_file ON occurrences(file_path);
  CREATE INDEX patterns_by_use ON patterns(occurrences, last_seen_at);
  `,
  `${ACCOUNTING_TABLES}
  -- What was forgotten, so that it stays so if it arrives again: ids of events, and digests of the ids of
  -- sessions. No text of what was forgotten is in it.
  CREATE TABLE forgotten (
    id TEXT PRIMARY KEY,
    until INTEGER                   -- of a session: its events up to this time; null for an event
  ) WITHOUT ROWID;

  -- What is being forgotten; a killed process leaves its row here, and another one goes on with it.
  CREATE TABLE forget_jobs (
    id INTEGER PRIMARY KEY,
    criteria TEXT NOT NULL,         -- JSON; {} once it is no longer needed
    traces TEXT NOT NULL,           -- JSON: texts that files are searched for; [] once that is done
    phase TEXT NOT NULL             -- rows, files, pages: what is done next
  );

  -- What redaction has taken out since 'redactions_counted_since' in meta, without values.
  CREATE TABLE redaction_counts (
    day TEXT NOT NULL,              -- of capture, UTC: 2026-11-24
    project TEXT NOT NULL,          -- the project's root; '' outside every project
    rule TEXT NOT NULL,             -- as in the marker; unchecked: left out, because it took too long to check
    count INTEGER NOT NULL,
    left_out INTEGER NOT NULL,      -- characters that were left out unchecked
    PRIMARY KEY (day, project, rule)
  ) WITHOUT ROWID;
  INSERT INTO meta VALUES ('redactions_counted_since', unixepoch() * 1000);

  -- Earlier releases did not fill what they deleted with zeros; the next upkeep rewrites such a file.
  INSERT INTO meta SELECT 'freed_pages_unwiped', 'yes' WHERE EXISTS (SELECT 1 FROM events)
    OR EXISTS (SELECT 1 FROM patterns) OR EXISTS (SELECT 1 FROM lineage_events);

  -- Which of the lines are new or differ from before, such as '3-5,9'; '' for none. Null where that is not known,
  -- and in rows of an earlier release.
  ALTER TABLE occurrences ADD COLUMN changed_lines TEXT;

  -- What Claude had asked for, like the summary, if another hook changed the input before the call ran.
  ALTER TABLE tool_calls ADD COLUMN agent_type TEXT; -- as the call's own events tell it
  ALTER TABLE tool_calls ADD COLUMN prompt_id TEXT;  -- Claude's, of the prompt that it answers
  ALTER TABLE tool_calls ADD COLUMN asked TEXT;

  ALTER TABLE sessions ADD COLUMN model TEXT;         -- the latest in session_models
  ALTER TABLE sessions ADD COLUMN waiting_at INTEGER; -- the last event by which it waits for the user
  ALTER TABLE sessions ADD COLUMN failed_turns INTEGER NOT NULL DEFAULT 0; -- ended by an error of the API

  -- Which model a session had from when on.
  CREATE TABLE session_models (
    session_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    model TEXT NOT NULL,
    PRIMARY KEY (session_id, at)
  ) WITHOUT ROWID;
${AUTHORSHIP_TABLES}
  -- Fragments of earlier releases say nothing about lines: file_states take their place.
  DROP TABLE live_fragments;

  -- From here on, events.payload is packed: lib/store/database/payload/packed-payload.ts. What earlier releases stored is JSON.

  -- Digest of the request whose Idempotency-Key is the id; null where the event brought an id of its own.
  ALTER TABLE lineage_events ADD COLUMN request TEXT;

  -- Ids tell the order in which events were stored, which is not that of their times.
  CREATE INDEX events_by_time ON events(received_at);
  CREATE INDEX events_with_payload ON events(received_at) WHERE payload IS NOT NULL;
  CREATE INDEX tool_calls_running ON tool_calls(session_id) WHERE outcome = 'running';

  -- Lists choose their rows by these alone, so that they do not read those that they pass over.
  DROP INDEX occurrences_by_session; DROP INDEX occurrences_by_project; DROP INDEX occurrences_by_file;
  DROP INDEX patterns_by_last_seen; DROP INDEX patterns_by_use; DROP INDEX tool_calls_by_time;
  CREATE INDEX occurrences_by_session ON occurrences(session_id, pattern_id, at, file_path, authorship);
  CREATE INDEX occurrences_by_project ON occurrences(project_id, pattern_id, at);
  CREATE INDEX occurrences_by_file ON occurrences(file_path, pattern_id, at);
  CREATE INDEX patterns_by_last_seen ON patterns(last_seen_at, id, lines, language, first_seen_at);
  CREATE INDEX patterns_by_use ON patterns(occurrences, last_seen_at, id, lines, language, first_seen_at);
  CREATE INDEX tool_calls_by_time ON tool_calls(at, tool_name, outcome, duration_ms);
  CREATE INDEX patterns_by_first_seen ON patterns(first_seen_at, id); -- in which walks over all of them go
${SEARCH_TABLES}${TRANSCRIPT_TABLES}${HISTORY_INDEXES}${STATISTICS_TABLES}`,
];
