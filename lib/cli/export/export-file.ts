import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { removeLeftovers } from '../../store/maintenance/database-file.ts';

/** A file that is being written: one of `complete` and `discard` ends it. */
export interface ExportFile {
  readonly descriptor: number;
  readonly complete: () => void;
  readonly discard: () => void;
}

/**
 * Opens what is to be written. A regular file gets its name when it is complete, and a link stays one that leads to it; a
 * pipe or a device, such as /dev/stdout, is written to as it is.
 *
 * @throws what node:fs throws
 */
export function openExportFile(path: string): ExportFile {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old && !old.isFile()) {
    const descriptor = openSync(path, 'w'); // of a folder, this says that it is one
    const close = () => closeSync(descriptor);
    return { descriptor, complete: close, discard: close };
  }
  const place = old ? realpathSync(path) : path;
  removeLeftovers(`${place}${PARTIAL}`);
  const part = `${place}${PARTIAL}${process.pid}`; // two exports to one file do not mix
  rmSync(part, { force: true }); // of a process that had this id and was killed
  const descriptor = openSync(part, 'wx', 0o600);
  return {
    descriptor,
    complete: () => {
      closeSync(descriptor);
      try {
        renameSync(part, place);
      } catch (error) {
        rmSync(part, { force: true });
        throw error;
      }
    },
    discard: () => {
      closeSync(descriptor);
      rmSync(part, { force: true });
    },
  };
}

// --- internal ---

const PARTIAL = '.part-';
