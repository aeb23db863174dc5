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
 * Writes a file completely or not at all: it writes and flushes a temporary file next to it, then renames
 * that over it. The owner stays, and the mode does unless one is given. The default of a new file is 0600.
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
    // only root may give files away; for others the file becomes theirs, as with any editor
  }
}
