import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeFolder } from '../../capture/folder.ts';

/** How long a half-written file may lie in `spool/tmp/` before its writer is taken for dead. */
const ABANDONED_MS = 3_600_000;

/** Makes the folders of the spool, and the block of the drop count. */
export function makeSpool(paths: TrackerPaths): void {
  for (const folder of [paths.spoolTmp, paths.spoolNew, paths.spoolBad]) {
    makeFolder(folder);
  }
  if ((statSync(paths.drops, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    writeFileSync(paths.drops, '\n', { mode: 0o600, flag: 'a' });
  }
}

/** Tells capture, which reads no configuration, how many files may wait. */
export function publishBound(paths: TrackerPaths, maxFiles: number): void {
  const text = `${maxFiles}\n`;
  const present = existsSync(paths.spoolMaxFiles) ? readFileSync(paths.spoolMaxFiles, 'utf8') : '';
  if (present !== text) writeFileSync(paths.spoolMaxFiles, text, { mode: 0o600 });
}

/** Tells capture whether the spool has passed its bound. */
export function markFull(paths: TrackerPaths, waiting: number, maxFiles: number): void {
  if (waiting >= maxFiles) writeFileSync(paths.spoolFull, '', { mode: 0o600 });
  else rmSync(paths.spoolFull, { force: true });
}

/** Removes what killed captures left half written; returns how many. */
export function removeAbandoned(paths: TrackerPaths, now: number): number {
  let removed = 0;
  for (const name of readdirSync(paths.spoolTmp)) {
    const path = join(paths.spoolTmp, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats || now - stats.mtimeMs < ABANDONED_MS) continue;
    rmSync(path, { force: true, recursive: true });
    removed += 1;
  }
  return removed;
}
