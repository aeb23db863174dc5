import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeDropsFile, makeWayForFile, readRegularFile } from '../../base/regular-file.ts';
import { makeFolder } from '../../capture/folder.ts';

/** After this time a half-written file in `spool/tmp/` counts as abandoned, in milliseconds. */
const ABANDONED_MS = 3_600_000;

/** Makes the folders of the spool. @throws the system's error */
export function makeSpool(paths: TrackerPaths): void {
  for (const folder of [paths.spoolTmp, paths.spoolNew, paths.spoolBad]) {
    makeFolder(folder);
  }
}

/** Writes the bound of the spool where capture looks for it: capture reads no configuration. */
export function publishBound(paths: TrackerPaths, maxFiles: number): void {
  const text = `${maxFiles}\n`;
  makeWayForFile(paths.spoolMaxFiles);
  const isThere = statSync(paths.spoolMaxFiles, { throwIfNoEntry: false }) !== undefined;
  const present = isThere ? readRegularFile(paths.spoolMaxFiles) : '';
  if (present !== text) writeFileSync(paths.spoolMaxFiles, text, { mode: 0o600 });
}

/** Makes or removes the file that tells capture that the spool has reached its bound. */
export function markFull(paths: TrackerPaths, waiting: number, maxFiles: number): void {
  if (waiting < maxFiles) {
    rmSync(paths.spoolFull, { force: true });
    return;
  }
  makeWayForFile(paths.spoolFull);
  writeFileSync(paths.spoolFull, '', { mode: 0o600 });
}

/**
 * Writes into the count of dropped events what found no room there when it was dropped: the spool files `names`, each of
 * which stands for an event that could not be written.
 *
 * @throws the system's error; what is left is moved by the next call
 */
export function moveDrops(paths: TrackerPaths, names: readonly string[]): void {
  if (names.length === 0) return;
  makeDropsFile(paths.drops);
  for (const name of names) {
    appendFileSync(paths.drops, 'w', { mode: 0o600 }); // first: better counted twice than never
    unlinkSync(join(paths.spoolNew, name));
  }
}

/**
 * Removes what killed Node fronts left half written in `spool/tmp/` (capture.sh writes straight into
 * `spool/new/`); returns how many. `now` is in milliseconds since 1970 UTC.
 */
export function removeAbandoned(paths: TrackerPaths, now: number): number {
  if (!existsSync(paths.spoolTmp)) return 0; // capture may give it up, to count a drop
  let removed = 0;
  for (const name of readdirSync(paths.spoolTmp)) {
    const path = join(paths.spoolTmp, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats || now - stats.mtimeMs < ABANDONED_MS) continue;
    rmSync(path, { force: true, recursive: true });
    removed += 1;
  }
  return removed;
}
