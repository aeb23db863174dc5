import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorCode } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { VERSION } from '../../base/version.ts';

/** How soon a setup that failed may run again by itself, in milliseconds: a day. */
const AGAIN_MS = 24 * 60 * 60 * 1000;

/** The output of the last setup for this Node.js. */
export function setupLog({ logs }: Pick<TrackerPaths, 'logs'>): string {
  return join(logs, `setup-${VERSION}-node-${process.versions.node}.log`);
}

/**
 * For a courier that ended with `error`: if it is the plugin's, and lacks the SQLite module for this Node.js,
 * starts `pattern-tracker setup` without waiting for it. The setup starts a new courier when it is done.
 * Returns the hint to show meanwhile; undefined for another error.
 */
export function startPluginSetup(
  error: unknown,
  { courier, paths, now }: { courier: string; paths: TrackerPaths; now: Clock },
): string | undefined {
  const root = dirname(dirname(courier));
  const isPlugin = existsSync(join(root, '.claude-plugin', 'plugin.json'));
  if (errorCode(error) !== 'E_NO_SQLITE' || !isPlugin) return undefined;
  const log = setupLog(paths);
  const last = statSync(log, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  if (Math.abs(now() - last) > AGAIN_MS) {
    // or the clock was set back since
    const command = [join(root, 'dist', 'cli.mjs'), '--home', paths.home, 'setup'];
    // In the environment of the courier, which has no variable of a project's.
    spawn(process.execPath, command, { cwd: root, detached: true, stdio: 'ignore' })
      .on('error', () => {}) // the hint says how to run it by hand
      .unref();
  }
  return `It is being fetched. If that fails, ${log} says why; \`pattern-tracker setup\` tries again.`;
}
