import { existsSync } from 'node:fs';
import { asString } from '../../base/json.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { isOwnWorkTree, ProjectFinder } from '../../ingest/project.ts';
import { definePayloadFunctions } from '../../store/database/payload/packed-payload.ts';
import { readQuickly } from '../../store/database/quick-reader.ts';
import { earlierSessions } from '../../store/queries/session/earlier-sessions.ts';
import { readSessionInput } from '../status-line/session-input.ts';
import { contextNote, NOTE_SESSIONS } from './context-note.ts';

/** Where the note comes from, and how long it may take. */
export interface SessionContextOptions {
  readonly paths: Pick<TrackerPaths, 'database'>;
  /** Milliseconds from the start of the process. What takes longer is not told: Claude Code waits for it. */
  readonly limitMs: number;
}

/**
 * The note for the session that standard input tells of, as a hook of SessionStart answers it; undefined if there is none,
 * or not in time. It waits for no lock.
 */
export async function sessionContext({
  paths,
  limitMs,
}: SessionContextOptions): Promise<string | undefined> {
  const isLate = () => performance.now() > limitMs;
  const { said, session } = readSessionInput(limitMs);
  const cwd = asString(said?.['cwd']);
  if (cwd === undefined || session === undefined || !existsSync(paths.database)) return undefined;
  const root = new ProjectFinder(
    () => performance.now(),
    (text) => text,
  ).find(cwd)?.root;
  if (root === undefined || !isOwnWorkTree(cwd, root) || isLate()) return undefined;
  const reading = await readQuickly(paths.database, (database) => {
    definePayloadFunctions(database);
    return earlierSessions(database, { root, except: session, limit: NOTE_SESSIONS });
  });
  if (!('value' in reading)) return undefined;
  const note = contextNote({ sessions: reading.value, root });
  if (note === undefined || isLate()) return undefined;
  const hookSpecificOutput = { hookEventName: 'SessionStart', additionalContext: note };
  return JSON.stringify({ hookSpecificOutput });
}
