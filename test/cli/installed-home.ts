import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDropsFile } from '../../lib/base/regular-file.ts';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { endProcessesNaming } from '../processes/tracker-home.ts';
import type { Sample } from './sample-database.ts';

/** Lays out what the installer does: hook, bundles, Node.js, data. The courier leaves soon. */
export function layOutHome(sample: Sample): void {
  const { home, data, configFile } = sample.paths;
  mkdirSync(join(home, 'hooks'), { recursive: true });
  mkdirSync(data, { mode: 0o700 });
  sample.makeSpool();
  makeDropsFile(sample.paths.drops);
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

/** Ends the courier of this home and those that wait for its lock, and waits until they have gone. */
export async function endCourier(sample: Sample): Promise<void> {
  await endProcessesNaming(sample.paths.home);
}
