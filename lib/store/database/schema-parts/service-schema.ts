/** The row of `meta` with the highest id of a lineage event that was deleted while it was the newest. */
export const LAST_EVENT_KEY = 'last_lineage_event';

/**
 * The tables, columns and triggers of tracker.db that the service needs. Times are milliseconds since
 * 1970 UTC.
 */
export const SERVICE_TABLES = `
  ALTER TABLE patterns ADD COLUMN version TEXT NOT NULL DEFAULT '1.0.0';
  ALTER TABLE patterns ADD COLUMN pattern_type TEXT NOT NULL DEFAULT 'code';
  CREATE INDEX patterns_by_language ON patterns(language, last_seen_at);
  ALTER TABLE lineage_edges ADD COLUMN transformation_type TEXT;
  CREATE INDEX tool_calls_by_use ON tool_calls(tool_use_id);

  -- The events that came by HTTP and were applied: each once.
  CREATE TABLE lineage_events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,  -- idempotency key
    event_type TEXT NOT NULL,
    pattern_id TEXT NOT NULL,
    version TEXT NOT NULL,
    session_id TEXT,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    duration_ms REAL,               -- of the tool call
    extra TEXT NOT NULL             -- JSON: every key that has no column
  );
  CREATE INDEX lineage_events_by_pattern ON lineage_events(pattern_id, at);

  -- Versions of a pattern beyond its first, which is its row in patterns.
  CREATE TABLE pattern_versions (
    pattern_id TEXT NOT NULL,
    version TEXT NOT NULL,
    generation INTEGER NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    pattern_type TEXT NOT NULL,
    from_version TEXT,              -- of the same pattern
    edge_type TEXT NOT NULL,
    transformation_type TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (pattern_id, version)
  ) WITHOUT ROWID;

  CREATE TABLE feedback (
    id TEXT NOT NULL,
    pattern_id TEXT NOT NULL,
    feedback_type TEXT NOT NULL,
    is_success INTEGER,             -- 0, 1, null
    rating REAL,                    -- 0 to 1
    execution_time_ms REAL,
    session_id TEXT,
    comment TEXT,
    at INTEGER NOT NULL,
    extra TEXT NOT NULL,            -- JSON
    PRIMARY KEY (pattern_id, id)
  ) WITHOUT ROWID;
  CREATE INDEX feedback_by_pattern ON feedback(pattern_id, at);
  CREATE TABLE applied_improvements (
    pattern_id TEXT NOT NULL,
    improvement_id TEXT NOT NULL,
    is_forced INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (pattern_id, improvement_id)
  ) WITHOUT ROWID;

  CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    tenant TEXT NOT NULL,
    scopes TEXT NOT NULL,           -- read,write,admin
    digest TEXT NOT NULL,           -- SHA-256 of the token, hex
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
  ) WITHOUT ROWID;

  -- The words of the code. Filled from search_queue by whoever searches, so that ingest need not.
  CREATE VIRTUAL TABLE pattern_search USING fts5(
    name, code, pattern_id UNINDEXED,
    content = '', contentless_unindexed = 1, detail = none, tokenize = "unicode61 tokenchars '_'"
  );
  -- Its ids, which are never used again, become those of the words: they keep the order.
  CREATE TABLE search_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, pattern_id TEXT NOT NULL);
  INSERT INTO search_queue (pattern_id) SELECT id FROM patterns ORDER BY last_seen_at;
  CREATE TRIGGER patterns_queue AFTER INSERT ON patterns BEGIN
    INSERT INTO search_queue (pattern_id) VALUES (new.id);
  END;

  -- Numbers of rows, which would take too long to count: patterns, lineages, occurrences, edges,
  -- sessions, tool_calls, language:…
  CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO totals SELECT 'patterns', count(*) FROM patterns;
  INSERT INTO totals SELECT 'lineages', count(*) FROM patterns WHERE lineage_id = id;
  INSERT INTO totals SELECT 'language:' || language, count(*) FROM patterns GROUP BY language;
  ${counted('occurrences', 'occurrences')}
  ${counted('edges', 'lineage_edges')}
  ${counted('sessions', 'sessions')}
  ${counted('tool_calls', 'tool_calls')}
  CREATE TRIGGER patterns_added AFTER INSERT ON patterns BEGIN
    ${add("'patterns'", '1')}
    ${add("'language:' || new.language", '1')}
    ${add("'lineages'", 'new.lineage_id = new.id')}
  END;
  CREATE TRIGGER patterns_removed AFTER DELETE ON patterns BEGIN
    ${add("'patterns'", '-1')}
    ${add("'language:' || old.language", '-1')}
    ${add("'lineages'", '-(old.lineage_id = old.id)')}
  END;
  CREATE TRIGGER patterns_moved AFTER UPDATE OF lineage_id ON patterns
  WHEN old.lineage_id != new.lineage_id BEGIN
    ${add("'lineages'", '(new.lineage_id = new.id) - (old.lineage_id = old.id)')}
  END;
  CREATE TRIGGER patterns_translated AFTER UPDATE OF language ON patterns
  WHEN old.language != new.language BEGIN
    ${add("'language:' || old.language", '-1')}
    ${add("'language:' || new.language", '1')}
  END;
`;

/** What the service needs beyond {@link SERVICE_TABLES} to delete and to account for it. */
export const ACCOUNTING_TABLES = `
  -- Digests of the ids of deleted events and patterns, so that an event that is sent again brings nothing back.
  CREATE TABLE forgotten_lineage (
    digest TEXT PRIMARY KEY,        -- of "event ID" or "pattern ID", 32 hex digits
    at INTEGER NOT NULL             -- when it was deleted
  ) WITHOUT ROWID;
  CREATE INDEX forgotten_lineage_by_age ON forgotten_lineage(at);
  -- Most events of a session have an occurrence, which has an index by session; these have none.
  CREATE INDEX lineage_events_unplaced ON lineage_events(session_id)
    WHERE event_type = 'pattern_deprecated';
  -- The highest id that was deleted: none is given twice, because whoever reads all events goes by their ids.
  CREATE TRIGGER lineage_events_ended AFTER DELETE ON lineage_events
  WHEN old.id > coalesce((SELECT max(id) FROM lineage_events), 0) BEGIN
    INSERT INTO meta VALUES ('${LAST_EVENT_KEY}', old.id)
    ON CONFLICT DO UPDATE SET value = excluded.value
    WHERE CAST(excluded.value AS INTEGER) > CAST(value AS INTEGER);
  END;

  -- How long a tenant's rows are kept. Only in the database that has the tokens.
  CREATE TABLE tenant_retention (
    tenant TEXT PRIMARY KEY,
    days INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL, -- until then one process is at it
    ran_at INTEGER                  -- when it was last done
  ) WITHOUT ROWID;

  -- Who did what; also only there. See lib/service/store/audit-store.ts.
  CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    action TEXT NOT NULL,
    token_id TEXT,
    token_name TEXT,
    address TEXT,
    route TEXT,
    subject TEXT,
    count INTEGER NOT NULL,
    detail TEXT                     -- JSON
  );
  CREATE INDEX audit_log_by_action ON audit_log(action, id);
  CREATE INDEX audit_log_by_tenant ON audit_log(tenant, id);

  -- Words leave the index together with their pattern. FTS5 has to be told what it had indexed, so the rows
  -- of patterns that have got another name since are made anew, and with them all the others.
  INSERT INTO pattern_search (pattern_search) VALUES ('delete-all');
  INSERT INTO pattern_search (pattern_search, rank) VALUES ('secure-delete', 1);
  DELETE FROM search_queue;
  INSERT INTO search_queue (pattern_id) SELECT id FROM patterns ORDER BY last_seen_at;
  CREATE INDEX search_queue_by_pattern ON search_queue(pattern_id);
  CREATE INDEX pattern_search_by_pattern ON pattern_search_content(c2);
  CREATE TRIGGER patterns_unsearched AFTER DELETE ON patterns BEGIN
    ${unsearched()}
    DELETE FROM search_queue WHERE pattern_id = old.id;
  END;
  CREATE TRIGGER patterns_renamed AFTER UPDATE OF name ON patterns WHEN old.name != new.name BEGIN
    ${unsearched()}
    DELETE FROM search_queue WHERE pattern_id = old.id;
    INSERT INTO search_queue (pattern_id) VALUES (new.id);
  END;
`;

// --- internal ---

/** Takes the words of a pattern, as it was, out of the index. 100,000: as many characters as are indexed. */
function unsearched(): string {
  return `INSERT INTO pattern_search (pattern_search, rowid, name, code, pattern_id)
      SELECT 'delete', id, old.name, substr(old.code, 1, 100000), old.id
      FROM pattern_search_content WHERE c2 = old.id;`;
}

function add(name: string, value: string): string {
  return `INSERT INTO totals VALUES (${name}, ${value})
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value;`;
}

function counted(name: string, table: string): string {
  return `INSERT INTO totals SELECT '${name}', count(*) FROM ${table};
  CREATE TRIGGER ${table}_added AFTER INSERT ON ${table} BEGIN ${add(`'${name}'`, '1')} END;
  CREATE TRIGGER ${table}_removed AFTER DELETE ON ${table} BEGIN ${add(`'${name}'`, '-1')} END;`;
}
