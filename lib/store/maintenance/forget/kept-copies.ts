import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorMessage } from '../../../base/errors.ts';
import { openDatabase } from '../../database/database.ts';
import type { Database } from '../../database/database.ts';
import { Sqlite } from '../../database/sqlite.ts';
import { listBackups } from '../backup.ts';
import { copyDatabase, foldIn, removeDatabase } from '../database-file.ts';
import { stagingPath } from '../restore.ts';
import { verifyDatabase } from '../verify.ts';
import { fileSearch } from './byte-search.ts';
import type { ForgetCriteria } from './criteria.ts';
import { packedTraces } from './kept-text.ts';
import { removeChosen } from './removal.ts';
import type { RemovedKeys } from './removal.ts';

/** A copy of the database, or a damaged one that was set aside. */
export interface KeptCopy {
  readonly path: string;
  readonly kind: 'backup' | 'set-aside' | 'replaced';
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** What became of a copy. */
export interface ForgottenCopy extends KeptCopy {
  /** Whether it was rewritten without what was forgotten. */
  readonly isRewritten: boolean;
  /** True if it still holds some of it; false if none was found. */
  readonly holds: boolean;
  /** Why it could not be rewritten; null if it was, or if nobody asked. */
  readonly error: string | null;
}

/** The copies of a database beside it: its backups, and those that `repair`, `restore` and the courier put aside. */
export function keptCopies(database: string): KeptCopy[] {
  const folder = dirname(database);
  if (!existsSync(folder)) return [];
  const aside = readdirSync(folder)
    .filter(
      (name) => name.startsWith(`${basename(database)}.`) && !/-(?:wal|shm|journal)$/.test(name),
    )
    .map((name): [string, KeptCopy['kind'] | undefined] => [
      join(folder, name),
      name.includes('.corrupt-')
        ? 'set-aside'
        : name.includes('.before-restore-')
          ? 'replaced'
          : undefined,
    ]);
  const backups = listBackups(join(folder, 'backups'), database).map(
    (path): [string, KeptCopy['kind']] => [path, 'backup'],
  );
  return [...backups, ...aside].flatMap(([path, kind]) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (kind === undefined || !stats?.isFile()) return [];
    return [{ path, kind, bytes: stats.size, at: Math.floor(stats.mtimeMs) }];
  });
}

/**
 * Rewrites a copy of `database` without what the criteria choose; returns why that was not possible, or null. A
 * damaged copy stays as it is. The copy is replaced as a whole, so that it is there, in the old or in the new form,
 * whenever this process is killed.
 */
export function rewriteCopy(
  { path }: KeptCopy,
  database: string,
  criteria: ForgetCriteria,
  onRemoved: (database: Database, keys: RemovedKeys) => void,
): string | null {
  const next = stagingPath(database);
  try {
    copyDatabase(path, next);
    const opened = openDatabase(next);
    try {
      opened
        .transaction(() =>
          removeChosen(opened, criteria, { onRemoved: (keys) => onRemoved(opened, keys) }),
        )
        .immediate();
      opened.exec('VACUUM'); // without it, unused parts of pages hold copies of rows
    } finally {
      opened.close();
    }
    foldIn(next);
    const [fault] = verifyDatabase(next, { isQuick: true }).findings.filter(
      ({ kind }) => kind !== 'rows',
    );
    if (fault) return fault.message;
    renameSync(next, path);
    for (const suffix of ['-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
    return null;
  } catch (error) {
    return errorMessage(error);
  } finally {
    removeDatabase(next);
  }
}

/** Says of each copy whether it still holds some of the texts. */
export function searchCopies(
  copies: readonly (KeptCopy & Pick<ForgottenCopy, 'isRewritten' | 'error'>)[],
  traces: readonly string[],
): ForgottenCopy[] {
  const search = fileSearch(traces);
  return copies.map((copy) => {
    const isPlain = (search(copy.path)?.traces.length ?? 0) > 0;
    return { ...copy, holds: isPlain || holdsPacked(copy.path, traces) };
  });
}

// --- internal ---

/** True if a copy holds one of the texts in a compressed column. Into a damaged one, only its bytes can be looked. */
function holdsPacked(path: string, traces: readonly string[]): boolean {
  try {
    const database = new Sqlite(path, { readonly: true });
    try {
      return packedTraces(database, traces).length > 0;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}
