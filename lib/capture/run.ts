import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capturePaths, defaultHome } from '../base/paths.ts';
import { countAttempt } from './attempt.ts';
import { announceCourier, livingCourier } from './courier-hint.ts';
import { startCourier } from './courier-start.ts';
import { spoolName, writeToSpool } from './spool-writer.ts';
import { readStdin } from './stdin.ts';

/** The environment of a hook, as `process.env`. */
export type HookEnvironment = Readonly<Record<string, string | undefined>>;

/** How one hook differs from the others. */
export interface HookOptions {
  /**
   * True starts a courier even if `courier.pid` names one that lives. A second courier exits by itself.
   *
   * @default false
   */
  readonly ensureCourier?: boolean;
}

/**
 * What every hook does: write the bytes on stdin to the spool, start a courier if none lives, end the
 * process with exit code 0. It prints nothing and never throws, the same contract as hooks/capture.sh.
 *
 * `env` is the environment, `bundle` the folder of the running bundle (`dist/hooks`).
 */
export function runHook(
  env: HookEnvironment,
  bundle: string,
  { ensureCourier = false }: HookOptions = {},
): never {
  try {
    capture(env, bundle, ensureCourier);
  } catch {
    // A hook never disturbs Claude; `status` and `doctor` show what went wrong.
  }
  process.exit(0); // reaching the end of the script takes Node.js half a millisecond longer
}

/**
 * The home of a program that Claude Code runs from `root`; undefined when no variable says. The installed
 * copy uses the `data/` beside it. `PATTERN_TRACKER_HOME` never counts, because a project's settings can set
 * variables for what Claude Code runs, and must not redirect the data.
 */
export function hookHome(env: HookEnvironment, root: string): string | undefined {
  return existsSync(join(root, 'data')) ? root : defaultHome(env);
}

// --- internal ---

function capture(env: HookEnvironment, bundle: string, ensureCourier: boolean): void {
  const root = join(bundle, '..', '..');
  const home = hookHome(env, root);
  if (home === undefined) return;
  const paths = capturePaths(home);
  const named = env['PATTERN_TRACKER_HOME'];
  if (named && named.replace(/\/$/, '') !== home) countAttempt(paths.tried, 'h', env);
  if (env['PATTERN_TRACKER_DISABLED'] === '1') {
    countAttempt(paths.tried, 'd', env);
    return;
  }
  // An installation's hooks are never the plugin's, whatever a project's settings say.
  const registration = home !== root && env['CLAUDE_PLUGIN_ROOT'] ? 'plugin' : 'settings';
  const name = spoolName(registration, process.pid);
  if (!writeToSpool(paths, name, readStdin)) return; // where we cannot write, a courier cannot either
  if (!ensureCourier && livingCourier(paths.courierHint) !== undefined) return;
  const programs = registration === 'plugin' ? [root] : [home, root]; // the plugin brings its own
  const courier = programs
    .map((folder) => join(folder, 'dist', 'courier.cjs'))
    .find((file) => existsSync(file));
  if (!courier) return;
  const pid = startCourier({ home, courier, node: process.execPath, env });
  // Keeps the next hook from starting a second courier. With `ensureCourier` a courier may already live,
  // and its own hint must stay.
  if (!pid || ensureCourier) return;
  announceCourier(paths, pid);
}
