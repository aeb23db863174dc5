import type { FileChange } from '../../authorship/payload/text-change.ts';
import type { Database } from '../database/database.ts';

/** The call that changed a file. */
interface ChangeOrigin {
  readonly eventId: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Notes files that changed without it being known what they hold. */
export class FileChangeWriter {
  readonly #insert;

  constructor(database: Database) {
    this.#insert = database.prepare<[string, string, string, string, string | null, number]>(
      `INSERT INTO file_changes (event_id, file_path, change, session_id, tool_use_id, at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
  }

  write(changes: readonly FileChange[], origin: ChangeOrigin): void {
    const { eventId, sessionId, toolUseId, at } = origin;
    for (const { filePath, change } of changes) {
      this.#insert.run(eventId, filePath, change, sessionId, toolUseId ?? null, at);
    }
  }
}
