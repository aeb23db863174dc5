import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrackerPaths } from '../../base/paths.ts';

/** Where the files of an installation are looked for. */
export interface InstalledPlace {
  readonly paths: Pick<TrackerPaths, 'home'>;
  /** The program that is running; undefined when it is not known. */
  readonly program: string | undefined;
}

/** The command line in the plugin's folder. */
export const PLUGIN_COMMAND = ['bin', 'pattern-tracker'] as const;

/** The folder of the plugin that the running program is part of; undefined for any other program. */
export function pluginRoot(program: string | undefined): string | undefined {
  const root = program && dirname(dirname(program));
  return root && existsSync(join(root, '.claude-plugin', 'plugin.json')) ? root : undefined;
}

/** The courier's bundle: the installed one, else the one beside the running program. */
export function courierBundle(place: InstalledPlace): string | undefined {
  return fileOf(place, 'dist', 'courier.cjs');
}

/**
 * The sh front: the installed one, else the one beside the running program. Where no courier is, it is one that an
 * uninstallation has left, and captures nothing.
 */
export function captureScript(place: InstalledPlace): string | undefined {
  const courier = courierBundle(place);
  const script = courier && join(dirname(dirname(courier)), 'hooks', 'capture.sh');
  return script && existsSync(script) ? script : undefined;
}

// --- internal ---

/** The plugin's hooks use the plugin's own files, so the plugin's program looks at no others. */
function fileOf({ paths, program }: InstalledPlace, ...file: string[]): string | undefined {
  const beside = program === undefined ? [] : [dirname(dirname(program))];
  const folders = pluginRoot(program) === undefined ? [paths.home, ...beside] : beside;
  return folders.map((folder) => join(folder, ...file)).find((path) => existsSync(path));
}
