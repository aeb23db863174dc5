import { replay } from './replay.ts';
import type { Replayed } from './replay.ts';
import { historyOf, versionsOf } from './state/file-history.ts';
import type { FileHistory, FileVersion } from './state/file-history.ts';

/**
 * What two stores have kept of one file as one history, as if one had kept both: the versions in the order of their
 * time, each told again after those before it. Undefined if one of them knows nothing that the other one does not.
 */
export function mergedHistory(one: FileHistory, other: FileHistory): Replayed | undefined {
  const own = versionsOf(one);
  const added = versionsOf(other).filter((version) => !own.some((known) => isSame(known, version)));
  if (added.length === 0) return undefined;
  const [first, ...rest] = [...own, ...added].toSorted((a, b) => a.at - b.at);
  const earliest = first && historyOf([first]);
  return earliest && replay(earliest, rest);
}

// --- internal ---

/** Only one event writes a version; a text that was found is known by its time. */
function isSame(one: FileVersion, other: FileVersion): boolean {
  return one.event === other.event && one.at === other.at;
}
