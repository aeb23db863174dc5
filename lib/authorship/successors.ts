import { likeness, RENAMED } from './line-sources.ts';
import { replay } from './replay.ts';
import type { Revision } from './replay.ts';
import type { AuthorshipStore, RecentChange } from './state/authorship-store.ts';
import { historyOf, versionsOf } from './state/file-history.ts';
import type { FileHistory, FileVersion } from './state/file-history.ts';

/**
 * Files that were known before an event came, but are what became of its file later, are told again: those
 * that were found to continue it, and those that were new and are like it.
 *
 * @param since only what happened after this time
 * @param next the file's history up to the event
 */
export function tellSuccessors(
  store: AuthorshipStore,
  since: number,
  path: string,
  next?: FileHistory,
): Revision[] {
  return store.recentChanges().flatMap((change) => {
    if (change.at <= since || change.path === path) return [];
    const history = store.history(change.path);
    if (history === undefined) return [];
    const own = versionsOf(history).filter(({ at }) => at >= change.at);
    const earlier =
      change.continues === path
        ? historyUpTo(store.history(path), change)
        : historyBefore(own[0], change, next);
    if (earlier === undefined) return [];
    const replayed = replay(earlier, own);
    store.keepHistory(change.path, replayed.history);
    return [...replayed.revised, ...tellSuccessors(store, change.at, change.path)];
  });
}

// --- internal ---

/** A file's history up to a change that took it elsewhere. */
function historyUpTo(
  history: FileHistory | undefined,
  { at, event }: RecentChange,
): FileHistory | undefined {
  const versions = history === undefined ? [] : versionsOf(history);
  return historyOf(versions.filter((version) => version.at <= at && version.event !== event));
}

/** The history before a new file's first version, if that is like what another file was then. */
function historyBefore(
  first: FileVersion | undefined,
  { isFirst, continues }: RecentChange,
  next: FileHistory | undefined,
): FileHistory | undefined {
  if (!isFirst || continues !== undefined || first === undefined || next === undefined) {
    return undefined;
  }
  return likeness(first.lines, next.last.lines) >= RENAMED ? next : undefined;
}
