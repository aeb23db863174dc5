/** The tables of tracker.db that delivery works with. Times are milliseconds since 1970 UTC. */
export const DELIVERY_TABLES = `
  DROP TABLE IF EXISTS outbox;      -- of the first schema, where it was always empty

  -- One row a (sink, event) that this sink has not acknowledged.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,         -- the order of delivery
    sink TEXT NOT NULL,             -- http
    event_id TEXT NOT NULL,         -- idempotency key, as in body
    event_type TEXT NOT NULL,
    session_id TEXT,
    pattern_id TEXT NOT NULL,
    lineage_id TEXT NOT NULL,       -- rows of one lineage are delivered in order
    body TEXT NOT NULL,             -- JSON, as it is sent
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    faults INTEGER NOT NULL DEFAULT 0, -- attempts that failed while others went through
    attempted_at INTEGER,           -- the last attempt
    not_before INTEGER NOT NULL DEFAULT 0, -- 0, or when it is tried again
    last_error TEXT,
    dead_at INTEGER,                -- set: a dead letter
    UNIQUE (sink, event_id)
  );
  -- With all that decides whether a row is due: bodies need not be passed over.
  CREATE INDEX outbox_live ON outbox(sink, id, lineage_id, event_type, not_before, attempted_at)
    WHERE dead_at IS NULL;
  CREATE INDEX outbox_held ON outbox(sink, lineage_id, id) WHERE dead_at IS NULL AND not_before > 0;
  CREATE INDEX outbox_attempted ON outbox(sink, attempted_at) WHERE attempted_at IS NOT NULL;
  CREATE INDEX outbox_dead ON outbox(sink, id) WHERE dead_at IS NOT NULL;

  CREATE TABLE sinks (
    sink TEXT PRIMARY KEY,
    server TEXT,                    -- whom sink_patterns is about; null before the first delivery
    paused_until INTEGER NOT NULL DEFAULT 0, -- it has asked to be left alone until then
    last_delivered_at INTEGER,
    last_error TEXT,
    last_error_at INTEGER
  ) WITHOUT ROWID;

  -- The patterns a sink has been sent, or is about to be: it must know a parent before its child.
  CREATE TABLE sink_patterns (
    sink TEXT NOT NULL,
    pattern_id TEXT NOT NULL,
    PRIMARY KEY (sink, pattern_id)
  ) WITHOUT ROWID;

  CREATE TABLE breakers (
    sink TEXT PRIMARY KEY,
    state TEXT NOT NULL,            -- JSON, lib/delivery/breaker/breaker.ts
    updated_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE breaker_transitions (
    id INTEGER PRIMARY KEY,
    sink TEXT NOT NULL,
    at INTEGER NOT NULL,
    from_phase TEXT NOT NULL,       -- closed, open, half_open
    to_phase TEXT NOT NULL,
    reason TEXT NOT NULL
  );

  -- Numbers that several processes add to: (http, delivered), (cache, hits), …
  CREATE TABLE metrics (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (scope, name)
  ) WITHOUT ROWID;

  -- Answers of the server to queries, for every process of this machine.
  CREATE TABLE cache_entries (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,            -- JSON
    stored_at INTEGER NOT NULL,
    used INTEGER NOT NULL           -- rises with every use: the smallest goes first
  ) WITHOUT ROWID;
  CREATE INDEX cache_entries_by_use ON cache_entries(used);

  CREATE TABLE deprecations (
    pattern_id TEXT PRIMARY KEY,
    reason TEXT,
    at INTEGER NOT NULL             -- when it was last said
  ) WITHOUT ROWID;
`;
