/** Where answers are kept. */
export const CACHE_TABLES = `
  -- Answers of the server to queries, for every process of this machine.
  CREATE TABLE IF NOT EXISTS cache_entries (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,            -- JSON
    stored_at INTEGER NOT NULL,
    used INTEGER NOT NULL           -- rises with every use: the smallest goes first
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS cache_entries_by_use ON cache_entries(used);
`;

/** What the library's callers said of patterns beside their lineage. */
export const DEPRECATION_TABLES = `
  CREATE TABLE IF NOT EXISTS deprecations (
    pattern_id TEXT PRIMARY KEY,
    reason TEXT,
    at INTEGER NOT NULL             -- when it was last said
  ) WITHOUT ROWID;
`;
