/** What transcripts tell, and the comparison with them; a part of migration 6. */
export const TRANSCRIPT_TABLES = `
  -- 1 if hooks did not tell of the call, or not how it ended, and the session's transcript did.
  ALTER TABLE tool_calls ADD COLUMN recovered INTEGER NOT NULL DEFAULT 0;
  -- Whether it was let run, by what, and why, in Claude Code's own words. Null where no transcript told.
  ALTER TABLE tool_calls ADD COLUMN permission TEXT;  -- accept, reject
  ALTER TABLE tool_calls ADD COLUMN permission_source TEXT; -- config, hook, user
  ALTER TABLE tool_calls ADD COLUMN permission_reason TEXT; -- mode, rule:projectSettings, …
  CREATE INDEX events_of_turns ON events(session_id, name) WHERE tool_use_id IS NULL;

  -- The tree of subagents, as transcripts tell it.
  ALTER TABLE subagents ADD COLUMN parent_agent_id TEXT; -- null: the session itself
  ALTER TABLE subagents ADD COLUMN tool_use_id TEXT;  -- the call that started it
  ALTER TABLE subagents ADD COLUMN depth INTEGER;     -- 1 for one that the session itself started
  ALTER TABLE subagents ADD COLUMN model TEXT;
  ALTER TABLE subagents ADD COLUMN is_background INTEGER;

  -- What each answer of the model took, from transcripts. A fork's copies of it are the same answer.
  CREATE TABLE message_usage (
    message_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    agent_id TEXT,
    at INTEGER NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    cache_creation_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX message_usage_by_session ON message_usage(session_id);

  -- How what is recorded of a session compares with its transcript.
  CREATE TABLE transcript_proofs (
    session_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,            -- when they were compared
    bytes INTEGER NOT NULL,         -- of the transcript's files
    is_whole INTEGER NOT NULL,      -- 0 if the end of the transcript was left for the next time
    attempts INTEGER NOT NULL,      -- of the courier, which did not come to an end
    events INTEGER NOT NULL,        -- that the transcript tells
    calls INTEGER NOT NULL,         -- that the transcript tells
    tracked INTEGER NOT NULL,       -- of these, recorded
    extra INTEGER NOT NULL,         -- recorded, and not in the transcript
    disagreeing INTEGER NOT NULL,   -- recorded with another outcome than the transcript tells
    rewritten INTEGER NOT NULL,     -- ran with another input than Claude asked for
    recovered INTEGER NOT NULL,     -- recorded from the transcript only
    reasons TEXT NOT NULL           -- JSON: why calls had to be recovered, or are missing
  ) WITHOUT ROWID;
  `;
