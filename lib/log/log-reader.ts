import { isWanted, readEntry } from './log-entry.ts';
import type { EntryFilter, LogEntry } from './log-entry.ts';
import { linesIn, logFiles, LogFollower } from './log-lines.ts';
import type { FollowLogOptions } from './log-lines.ts';

/** Which entries of a log to read. */
export interface ReadLogOptions {
  readonly filter: EntryFilter;
  /** The most entries of those that are there, the newest ones; -1 for all, which needs the least memory. */
  readonly limit: number;
  /** Goes on with entries that are added later. @default ends after those that are there */
  readonly follow?: FollowLogOptions | undefined;
}

/** The entries of a log and its rotated files that meet the filter, oldest first, some at a time. */
export async function* readLog(
  logFile: string,
  { filter, limit, follow }: ReadLogOptions,
): AsyncGenerator<readonly LogEntry[]> {
  const current = await LogFollower.open(logFile);
  try {
    const rotated = (await logFiles(logFile)).filter((file) => file !== logFile);
    const sources = [...rotated.map((file) => () => linesIn(file)), () => current.stored()];
    if (limit < 0) {
      for (const source of sources) yield* wanted(source(), filter);
    } else {
      yield await newest(sources, filter, limit);
    }
    if (follow) yield* wanted(current.added(follow), filter);
  } finally {
    await current.close();
  }
}

// --- internal ---

/** Lines of a file, some at a time. */
type Lines = AsyncIterable<readonly string[]>;

async function* wanted(lines: Lines, filter: EntryFilter): AsyncGenerator<readonly LogEntry[]> {
  for await (const some of lines) {
    const entries = some.map(readEntry).filter((entry) => isWanted(entry, filter));
    if (entries.length > 0) yield entries;
  }
}

/** The last entries of all sources. Reads from the last source back until there are enough. */
async function newest(
  sources: readonly (() => Lines)[],
  filter: EntryFilter,
  limit: number,
): Promise<LogEntry[]> {
  let kept: LogEntry[] = [];
  for (const source of sources.toReversed()) {
    const room = limit - kept.length;
    if (room <= 0) break;
    let own: LogEntry[] = [];
    for await (const entries of wanted(source(), filter)) own = [...own, ...entries].slice(-room);
    kept = [...own, ...kept];
  }
  return kept;
}
