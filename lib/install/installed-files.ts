import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrackerPaths } from '../base/paths.ts';

/** Where the files of an installation are looked for. */
export interface InstalledPlace {
  readonly paths: Pick<TrackerPaths, 'home'>;
  /** The program that is running; undefined when it is not known. */
  readonly program: string | undefined;
}

/** The courier's bundle: the installed one, else the one beside the running program. */
export function courierBundle({ paths, program }: InstalledPlace): string | undefined {
  const beside = program === undefined ? [] : [join(dirname(dirname(program)), 'dist')];
  return [join(paths.home, 'dist'), ...beside]
    .map((folder) => join(folder, 'courier.cjs'))
    .find((file) => existsSync(file));
}

/** The sh front: the installed one, else the one beside the running program. */
export function captureScript({ paths, program }: InstalledPlace): string | undefined {
  const beside = program === undefined ? [] : [dirname(dirname(program))];
  return [paths.home, ...beside]
    .map((folder) => join(folder, 'hooks', 'capture.sh'))
    .find((file) => existsSync(file));
}
