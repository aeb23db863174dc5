import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../base/errors.ts';

/**
 * Makes a folder and those above it, for the user alone. Not by mkdir's own `recursive`: where a file
 * system says ENOENT below a folder that is there, as /proc does, that tries for ever.
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
