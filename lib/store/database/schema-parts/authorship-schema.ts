/** Who wrote each line of a file; a part of migration 6. */
export const AUTHORSHIP_TABLES = `
  -- Files that a call changed without its event telling what they hold: deleted ones, and those beyond the few
  -- that Claude Code shows.
  CREATE TABLE file_changes (
    event_id TEXT NOT NULL,
    file_path TEXT NOT NULL,
    change TEXT NOT NULL,           -- deleted; changed: it was written, its content is not known
    session_id TEXT NOT NULL,
    tool_use_id TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (event_id, file_path)
  ) WITHOUT ROWID;
  CREATE INDEX file_changes_by_call ON file_changes(session_id, tool_use_id);
  CREATE INDEX file_changes_by_file ON file_changes(file_path);

  -- What a file held when it was last heard of, and who wrote each line. A removed file has a state too. An author
  -- is an occurrence, '<event_id>-<ordinal>', or nobody of Claude's.
  CREATE TABLE file_states (
    id INTEGER PRIMARY KEY,
    file_path TEXT NOT NULL UNIQUE,
    project_id INTEGER,             -- of the last event about it; null outside every project
    touched_at INTEGER NOT NULL,    -- the time of the latest event about it
    is_repacked INTEGER NOT NULL DEFAULT 0, -- 1: it needs no better compression
    noted_lines BLOB NOT NULL,      -- lib/store/writers/authorship/noted-lines.ts: what may come back, as digests
    history BLOB NOT NULL           -- lib/authorship/state/file-state.ts: its last texts, redacted and compressed
  );
  CREATE INDEX file_states_by_age ON file_states(touched_at);
  CREATE INDEX file_states_to_repack ON file_states(touched_at) WHERE NOT is_repacked;
  CREATE INDEX file_states_by_project ON file_states(project_id, touched_at);

  -- The last changes to the files of a project: what went from one file may turn up in another.
  CREATE TABLE recent_changes (
    project_id INTEGER NOT NULL,    -- 0 outside every project
    seq INTEGER NOT NULL,
    change BLOB NOT NULL,           -- lib/authorship/state/stored-change.ts: redacted and compressed
    PRIMARY KEY (project_id, seq)
  );

  -- What a call did with the code: authored; moved, copied, restored, formatted: it stood somewhere before; unknown.
  -- Only what is authored makes a pattern Claude's.
  ALTER TABLE occurrences ADD COLUMN authorship TEXT NOT NULL DEFAULT 'authored';
  -- Which part of the changed lines is new and Claude's, from 0 to 1. Null in rows of an earlier release.
  ALTER TABLE occurrences ADD COLUMN authored_share REAL;

  -- Whose lines an occurrence replaced, the largest share first. An earlier release has told no shares.
  CREATE TABLE occurrence_parents (
    event_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    position INTEGER NOT NULL,      -- from 0
    parent_event_id TEXT NOT NULL,
    parent_ordinal INTEGER NOT NULL,
    share REAL NOT NULL,            -- of the lines that it replaced, from 0 to 1
    PRIMARY KEY (event_id, ordinal, position)
  ) WITHOUT ROWID;
`;
