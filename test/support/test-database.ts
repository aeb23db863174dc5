import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../lib/store/database/database.ts';
import type { Database } from '../../lib/store/database/database.ts';

/** Opens a tracker.db. One that is missing becomes a copy of an empty one, because the migrations take ten times as long. */
export function openTestDatabase(path: string): Database {
  if (!existsSync(path)) writeFileSync(path, (empty ??= emptyDatabase()), { mode: 0o600 });
  return openDatabase(path);
}

// --- internal ---

let empty: Buffer | undefined;

function emptyDatabase(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'empty-'));
  const path = join(folder, 'tracker.db');
  openDatabase(path).close();
  const bytes = readFileSync(path);
  rmSync(folder, { recursive: true });
  return bytes;
}
