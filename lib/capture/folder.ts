import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../base/errors.ts';

/**
 * Makes a folder and its missing parents, mode 0700. It does not use mkdir's `recursive`, which loops
 * forever on a file system that answers ENOENT below an existing folder, as /proc does.
 *
 * @throws the system's error when the folder cannot be made
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}
