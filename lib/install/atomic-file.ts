import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';

/**
 * Writes a file whole or not at all: a temporary file beside it, flushed, then renamed over it. The
 * owner stays; so does the mode, unless one is given. A new file without one gets 0600.
 */
export function writeAtomically(path: string, content: string | Buffer, mode?: number): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, content);
      if (old) keepOwner(file, old);
      fchmodSync(file, mode ?? (old ? old.mode & 0o7777 : 0o600));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

// --- internal ---

function keepOwner(file: number, { uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // only root may give a file away; else it becomes ours, as with any editor
  }
}
