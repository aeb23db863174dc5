import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capturePaths, trackerHome } from '../base/paths.ts';
import { courierLives, startCourier } from './courier-start.ts';
import { spoolName, writeToSpool } from './spool-writer.ts';
import { readStdin } from './stdin.ts';

export type HookEnvironment = Readonly<Record<string, string | undefined>>;

export interface HookOptions {
  /** True makes sure that a courier runs even if the hint names a live process. @default false */
  readonly ensureCourier?: boolean;
}

/**
 * What every hook entry does: make the bytes on stdin durable, see that a courier lives, end the
 * process with 0. It prints nothing and never throws; the same contract as hooks/capture.sh.
 *
 * `env` is the environment, `bundle` the folder of the running bundle, `dist/hooks`.
 */
export function runHook(
  env: HookEnvironment,
  bundle: string,
  { ensureCourier = false }: HookOptions = {},
): never {
  try {
    capture(env, bundle, ensureCourier);
  } catch {
    // Never in Claude's way; what went wrong shows in status and doctor.
  }
  process.exit(0); // at once: to come to the end of the script takes Node.js half a millisecond more
}

// --- internal ---

function capture(env: HookEnvironment, bundle: string, ensureCourier: boolean): void {
  if (env['PATTERN_TRACKER_DISABLED'] === '1') return;
  const root = join(bundle, '..', '..');
  const home = homeOf(env, root);
  if (home === undefined) return;
  const paths = capturePaths(home);
  const registration = env['CLAUDE_PLUGIN_ROOT'] ? 'plugin' : 'settings';
  const name = spoolName(registration, process.pid);
  if (!writeToSpool(paths, name, readStdin)) return; // a courier could not write either
  if (!ensureCourier && courierLives(paths.courierPid) !== undefined) return;
  const courier = [home, root]
    .map((folder) => join(folder, 'dist', 'courier.cjs'))
    .find((file) => existsSync(file));
  if (!courier) return;
  const pid = startCourier({ home, courier, node: process.execPath, env });
  // So that the next hook does not start a second; a courier that lived keeps its own hint.
  if (pid && !ensureCourier) writeFileSync(paths.courierPid, `${pid}\n`, { mode: 0o600 });
}

/**
 * The installed copy keeps to its own data, which lies beside it: a project's settings can set variables
 * for hooks, and must not say where data goes.
 */
function homeOf(env: HookEnvironment, root: string): string | undefined {
  return existsSync(join(root, 'data')) ? root : trackerHome(env);
}
