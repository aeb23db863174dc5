// `statusline.cjs [FORMER]`: what Claude Code runs for its status line. FORMER is the command line of the status
// line that was there before. It prints one line, never an error, and exits with 0. Beside `pattern-tracker
// statusline` it is a bundle of its own because it runs after every answer of Claude: it starts faster.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import { dropForeignTimeZone } from '../../lib/base/claude-session.ts';
import { hookHome } from '../../lib/capture/run.ts';
import { statusLine } from '../../lib/cli/status-line/status-line.ts';

process.on('uncaughtException', () => process.exit(0));
void main();

// --- internal ---

async function main(): Promise<void> {
  const { env, argv } = process;
  dropForeignTimeZone(env);
  const home = hookHome(env, join(__dirname, '..'));
  if (home !== undefined) {
    const paths = trackerPaths(home);
    const { text } = await statusLine({ paths, env, now: systemClock, former: argv[2] });
    writeSync(1, `${text}\n`); // one write; process.stdout would take time to load
  }
  process.exit(0); // whatever keeps standard input open
}
