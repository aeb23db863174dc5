/** What the histories of files are looked up by; a part of migration 6. */
export const HISTORY_INDEXES = `
  -- Calls that only took lines away have no occurrence, which would tell the file. Their summary does.
  CREATE INDEX tool_calls_cutting ON tool_calls(at, summary) WHERE lines_added = 0 AND lines_removed > 0;
  -- The last sessions of a project.
  CREATE INDEX sessions_by_project ON sessions(project_id, last_event_at);
`;
