import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { until } from '../../support/until.ts';
import { isAlive, processesWith } from './processes.ts';
import type { Sandbox } from './sandbox.ts';
import type { SettingsHooks } from './settings-hooks.ts';

/** The checkout that is tested. */
export const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

/** What was recorded in a sandbox, and the courier that ingests it. */
export interface SandboxTracker {
  readonly paths: TrackerPaths;
  /** Waits until everything spooled is in the database, then ends the courier. */
  settle(): Promise<Settled>;
  /** Ends the courier, whatever the spool holds. */
  stop(): Promise<void>;
}

/** This project, installed into a sandbox. */
export interface InstalledTracker extends SandboxTracker {
  /** What the installer put into settings.json. */
  readonly hooks: SettingsHooks;
}

/** What is left once the courier is gone. */
export interface Settled {
  /** Files still waiting in the spool. */
  readonly waiting: number;
  /** Files that could not be parsed. */
  readonly bad: number;
  /** A letter an event that capture had to drop. */
  readonly drops: string;
}

/** Runs the project's own installer in the sandbox. */
export async function installTracker(
  sandbox: Sandbox,
  args: readonly string[] = [],
): Promise<InstalledTracker> {
  await promisify(execFile)('sh', ['install.sh', '--no-link', '--no-test', ...args], {
    cwd: CHECKOUT,
    env: sandbox.env,
    timeout: 300_000,
  });
  const settings: unknown = JSON.parse(
    await readFile(join(sandbox.claudeFolder, 'settings.json'), 'utf8'),
  );
  const { hooks } = settings as { readonly hooks: SettingsHooks };
  return { ...trackerIn(sandbox), hooks };
}

/** Whatever records in the sandbox, the installed program or the plugin. */
export function trackerIn(sandbox: Sandbox): SandboxTracker {
  const paths = trackerPaths(join(sandbox.claudeFolder, 'hooks', 'pattern-tracker'));
  return { paths, settle: () => settle(paths), stop: () => stopCourier(paths) };
}

// --- internal ---

/**
 * Waits until the spool is empty, then ends the courier and waits until it is gone.
 *
 * @throws Error when the spool does not drain, or the courier does not leave.
 */
async function settle(paths: TrackerPaths): Promise<Settled> {
  await until(async () => (await waiting(paths)) === 0, 'the spool is empty');
  await stopCourier(paths);
  return {
    waiting: await waiting(paths),
    bad: await filesIn(paths.spoolBad),
    drops: existsSync(paths.drops) ? (await readFile(paths.drops, 'utf8')).trim() : '',
  };
}

/**
 * The end of a session starts a courier even if one lives: it waits for the lock, and may get it when
 * the first one leaves. So all of this home are ended, until there is none.
 */
async function stopCourier({ home }: TrackerPaths): Promise<void> {
  await until(async () => {
    const pids = await processesWith('courier', home);
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGTERM');
    return pids.length === 0;
  }, 'the courier has left');
}

async function waiting(paths: TrackerPaths): Promise<number> {
  return (await filesIn(paths.spoolNew)) + (await filesIn(paths.spoolTmp));
}

async function filesIn(folder: string): Promise<number> {
  return existsSync(folder) ? (await readdir(folder)).length : 0;
}
