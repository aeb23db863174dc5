import type { Database } from '../../database/database.ts';

/** A file as a tool call has named it. */
export interface RecordedFile {
  readonly path: string;
  /** The folder that a relative path starts from, if it is known. */
  readonly cwd: string | null;
}

/** Every file that a recorded tool call wrote or read, as far as its payload is still there, as it was called. */
export function recordedFiles(database: Database): RecordedFile[] {
  const named = (
    key: string,
  ) => `SELECT json_extract(payload, '$.tool_input.${key}'), json_extract(payload, '$.cwd')
    FROM (SELECT payload_text(payload) AS payload FROM events LIMIT -1) WHERE payload LIKE '%"${key}"%'`;
  return database
    .prepare<[], RecordedFile>(
      `SELECT path, cwd FROM (
         SELECT file_path AS path, NULL AS cwd FROM occurrences
         UNION SELECT file_path, NULL FROM file_states
         UNION SELECT file_path, NULL FROM file_changes
         UNION ${named('file_path')}
         UNION ${named('notebook_path')}
         UNION SELECT summary, (SELECT cwd FROM sessions WHERE id = session_id) FROM tool_calls
           WHERE tool_name IN ('Read', 'Write', 'Edit', 'MultiEdit', 'NotebookEdit'))
       WHERE typeof(path) = 'text' AND path != ''`,
    )
    .all();
}
