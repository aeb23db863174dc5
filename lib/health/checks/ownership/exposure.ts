import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/** How a file or a folder is open to others than its user. */
export interface Exposure {
  /** `foreign`: it belongs to somebody else; `writable` and `readable`: by its group, or by everybody. */
  readonly kind: 'foreign' | 'writable' | 'readable';
  /** One sentence without its end. */
  readonly text: string;
}

/**
 * How `path` is open to others than the user `uid`; undefined when it is not, or is not there. Links are followed.
 * Where a file has an access list, the bits of its group say the most that any entry of it allows.
 *
 * @param known what is known of it already
 */
export function exposureOf(
  path: string,
  uid: number,
  known: Stats | undefined = statSync(path, { throwIfNoEntry: false }),
): Exposure | undefined {
  if (!known) return undefined;
  if (known.uid !== uid) {
    return { kind: 'foreign', text: `${path} belongs to another user (uid ${known.uid})` };
  }
  const bits = known.mode & 0o077;
  if (bits === 0) return undefined;
  const mode = (known.mode & 0o777).toString(8);
  return (bits & 0o022) === 0
    ? { kind: 'readable', text: `others may read ${path} (mode ${mode})` }
    : { kind: 'writable', text: `others may write ${path} (mode ${mode})` };
}

/** How others can replace what lies in a folder. */
export interface FolderExposure {
  /** False when it is only a group that can, of which the user may be the only member. */
  readonly isCertain: boolean;
  /** One sentence without its end. */
  readonly text: string;
}

/**
 * How others than root and the user `uid` can replace what lies in `folder`; undefined when they cannot. Where a
 * folder is sticky, as /tmp is, each can replace only his own.
 */
export function folderExposure(folder: string, uid: number): FolderExposure | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.uid !== uid && stats.uid !== 0) {
    return { isCertain: true, text: `${folder} belongs to another user (uid ${stats.uid})` };
  }
  if ((stats.mode & 0o1000) !== 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8);
  if ((stats.mode & 0o002) !== 0) {
    return { isCertain: true, text: `everybody may write ${folder} (mode ${mode})` };
  }
  if ((stats.mode & 0o020) === 0 || stats.gid === 0) return undefined;
  return { isCertain: false, text: `the group ${stats.gid} may write ${folder} (mode ${mode})` };
}
