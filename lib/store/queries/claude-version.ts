import { CLAUDE_VERSION_KEY } from '../database/meta.ts';
import type { Database } from '../database/database.ts';

/** The version of Claude Code that last wrote a transcript of a recorded session; undefined before one did. */
export function seenClaudeVersion(database: Database): string | undefined {
  return database
    .prepare<[string], string>('SELECT value FROM meta WHERE key = ?')
    .pluck()
    .get(CLAUDE_VERSION_KEY);
}
