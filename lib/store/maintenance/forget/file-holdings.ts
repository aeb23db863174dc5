import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TrackerPaths } from '../../../base/paths.ts';
import { filesBelow } from './byte-search.ts';
import { keptCopies } from './kept-copies.ts';

/** Files of one kind that hold what was recorded. Times are milliseconds since 1970 UTC. */
export interface FileHolding {
  readonly kind: string;
  /** The file, or the folder that they are in. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** When the oldest was last written. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** The files that hold what was recorded, by kind; kinds without files are left out. */
export function fileHoldings(paths: TrackerPaths): FileHolding[] {
  const { database, spoolNew, spoolBad, logs, tried } = paths;
  const copies = keptCopies(database);
  const ofKind = (kind: string) =>
    copies.filter((copy) => copy.kind === kind).map(({ path }) => path);
  const kinds: readonly (readonly [kind: string, path: string, files: readonly string[]])[] = [
    ['database', database, [database, `${database}-wal`]],
    ['spool: waiting, not redacted', spoolNew, filesBelow(spoolNew)],
    ['quarantine: not redacted', spoolBad, filesBelow(spoolBad)],
    ['log', logs, filesBelow(logs)],
    ['projects that redirected or switched off', tried, filesBelow(tried)],
    ['backups', dirname(ofKind('backup')[0] ?? database), ofKind('backup')],
    ['damaged databases', dirname(database), ofKind('set-aside')],
    ['replaced databases', dirname(database), ofKind('replaced')],
  ];
  return kinds.flatMap(([kind, path, names]) => {
    const stats = names.flatMap((name) => lstatSync(name, { throwIfNoEntry: false }) ?? []);
    if (stats.length === 0) return [];
    const times = stats.map(({ mtimeMs }) => Math.floor(mtimeMs));
    return [
      {
        kind,
        path,
        files: stats.length,
        bytes: stats.reduce((total, { size }) => total + size, 0),
        oldest: times.reduce((a, b) => Math.min(a, b)),
        newest: times.reduce((a, b) => Math.max(a, b)),
      },
    ];
  });
}
