// `context.cjs [MS]`: what Claude Code runs at the start of a session if the user's configuration says `context: on`. It
// prints a short note of the last sessions in the project for Claude, within MS milliseconds, 150 by default, or nothing.
// Whatever happens, it prints no error and exits with 0. It is no part of capture, which is another hook.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { dropForeignTimeZone } from '../../lib/base/claude-session.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import { hookHome } from '../../lib/capture/run.ts';
import { sessionContext } from '../../lib/cli/context/session-context.ts';

/** How long a session's start may wait for it, in milliseconds. */
const LIMIT_MS = 150;

process.on('uncaughtException', () => process.exit(0));
process.on('unhandledRejection', () => process.exit(0));
void main();

// --- internal ---

async function main(): Promise<void> {
  const { env, argv } = process;
  dropForeignTimeZone(env);
  const home = hookHome(env, join(__dirname, '..'));
  if (home !== undefined && env['PATTERN_TRACKER_DISABLED'] !== '1') {
    const limitMs = Number(argv[2]) || LIMIT_MS;
    const answer = await sessionContext({ paths: trackerPaths(home), limitMs });
    if (answer !== undefined) writeSync(1, `${answer}\n`);
  }
  process.exit(0); // whatever keeps standard input open
}
