import type { Database } from '../../database/database.ts';

/** Every file that a recorded tool call wrote or read, as far as its payload is still there; whole paths. */
export function recordedFiles(database: Database): string[] {
  return database
    .prepare<[], string>(
      `SELECT file_path FROM occurrences
       UNION SELECT file_path FROM live_fragments
       UNION SELECT file_path FROM file_changes
       UNION SELECT json_extract(payload, '$.tool_input.file_path') FROM events WHERE payload LIKE '%"file_path"%'
       UNION SELECT json_extract(payload, '$.tool_input.notebook_path') FROM events
         WHERE payload LIKE '%"notebook_path"%'
       UNION SELECT summary FROM tool_calls WHERE tool_name IN ('Read', 'Write', 'Edit', 'MultiEdit', 'NotebookEdit')`,
    )
    .pluck()
    .all()
    .filter((path: unknown) => typeof path === 'string' && path !== '');
}
