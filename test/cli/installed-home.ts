import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import type { Sample } from './sample-database.ts';

/** Lays out what the installer does: hook, bundles, Node.js, data. The courier leaves soon. */
export function layOutHome(sample: Sample): void {
  const { home, data, configFile } = sample.paths;
  mkdirSync(join(home, 'hooks'), { recursive: true });
  mkdirSync(data, { mode: 0o700 });
  sample.makeSpool();
  copyFileSync('hooks/capture.sh', join(home, 'hooks', 'capture.sh'));
  symlinkSync(join(process.cwd(), 'dist'), join(home, 'dist'));
  symlinkSync(process.execPath, join(home, 'node'));
  writeFileSync(configFile, 'courier:\n  idle_exit_seconds: 0.2\n');
}

/** Puts a hook for every event into the user's settings. */
export function writeHooks(
  sample: Sample,
  hook: { readonly command: string; readonly args?: readonly string[] },
): void {
  writeSettings(sample, {
    hooks: Object.fromEntries(
      HOOK_EVENTS.map(({ name }) => [
        name,
        [{ hooks: [{ type: 'command', timeout: 10, ...hook }] }],
      ]),
    ),
  });
}

export function writeSettings(sample: Sample, settings: object | string): void {
  const file = join(sample.folder, '.claude', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
}

/** Ends the courier of this home, if one lives, and waits until it has gone. */
export async function endCourier(sample: Sample): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(sample.paths.courierPid, 'utf8'));
    process.kill(pid, 'SIGTERM');
  } catch {
    return; // it has gone by itself
  }
  await expect.poll(() => isAlive(pid)).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
