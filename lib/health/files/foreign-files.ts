import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';

/** Files of the tracker that belong to somebody else, as `sudo claude` leaves them: only their owner can record. */
export interface ForeignFiles {
  /** One sentence without its end. */
  readonly text: string;
  readonly hint: string;
}

/** The folders and files of the data folder. @throws the system's error, unless it is that the user may not read it */
export function dataPaths({ data, spool, spoolTmp, spoolNew, spoolBad }: TrackerPaths): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(data);
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error; // else the folder itself tells enough
  }
  const files = names.map((name) => join(data, name));
  return [...new Set([data, spool, spoolTmp, spoolNew, spoolBad, ...files])];
}

/**
 * The files that belong to another user than `uid`; undefined if there are none. For root it is always undefined, because
 * root can use all files.
 */
export function foreignFiles(
  paths: TrackerPaths,
  uid: number | undefined = process.getuid?.(),
): ForeignFiles | undefined {
  if (uid === undefined || uid === 0 || ownerOf(paths.data) === undefined) return undefined;
  const isFolder = statSync(paths.data).isDirectory(); // what else it is, `doctor` says
  for (const path of isFolder ? dataPaths(paths) : []) {
    const owner = ownerOf(path);
    if (owner === undefined || owner === uid) continue;
    const who = owner === 0 ? 'root' : `another user (uid ${owner})`;
    return { text: `${path} belongs to ${who}`, hint: ownHint(paths) };
  }
  return undefined;
}

/** How to get the files back. */
export function ownHint({ data }: TrackerPaths): string {
  return `Make it yours: sudo chown -R "$(id -u)" '${data}'`;
}

// --- internal ---

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}
