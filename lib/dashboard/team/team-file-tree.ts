import type { Repository } from '../../service/store/rows/repository.ts';
import type { StoredPattern } from '../../service/store/rows/stored-pattern.ts';

/** A file or a folder in which patterns were written. */
export interface TeamFileEntry {
  /** Its name in the folder that is shown. */
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  readonly files: number;
  readonly patterns: number;
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
}

/** A folder, and what is in it. */
export interface TeamFileTree {
  readonly folder: string;
  /** The folders above it, down from the one that holds all. */
  readonly above: readonly string[];
  readonly entries: readonly TeamFileEntry[];
  /** The patterns that stand in a file of this very path. */
  readonly patterns: readonly StoredPattern[];
}

/**
 * The folder or file of a path as patterns tell of it. Machines have a repository in different folders, so its files stand
 * below its name; those outside of all begin with the folder that holds what is known.
 */
export function teamFileTree(
  patterns: readonly StoredPattern[],
  repositories: readonly Repository[],
  path: string | undefined,
): TeamFileTree {
  const roots = repositories
    .map(({ name, root }) => ({ name, root: partsOf(root) }))
    .toSorted((one, other) => other.root.length - one.root.length);
  const placed = patterns.flatMap((pattern) =>
    pattern.filePath === null
      ? []
      : [{ pattern, parts: placeOf(partsOf(pattern.filePath), roots) }],
  );
  const top = commonFolder(placed.map(({ parts }) => parts));
  const asked = path === undefined ? top : partsOf(path);
  const entries = new Map<string, { entry: TeamFileEntry; files: Set<string> }>();
  const own: StoredPattern[] = [];
  for (const { pattern, parts } of placed) {
    if (asked.some((part, at) => parts[at] !== part)) continue;
    if (parts.length === asked.length) own.push(pattern);
    const name = parts[asked.length];
    if (name === undefined) continue;
    const isFolder = parts.length > asked.length + 1;
    const key = `${name}${isFolder ? '/' : ''}`;
    const known = entries.get(key);
    const files = (known?.files ?? new Set()).add(parts.join('/'));
    entries.set(key, {
      files,
      entry: {
        name,
        path: [...asked, name].join('/'),
        isFolder,
        files: files.size,
        patterns: (known?.entry.patterns ?? 0) + 1,
        lastSeenAt: Math.max(known?.entry.lastSeenAt ?? 0, pattern.lastSeenAt),
      },
    });
  }
  const isBelow = top.every((part, at) => asked[at] === part);
  const from = isBelow ? top.length : asked.length;
  return {
    folder: asked.join('/'),
    above: asked.slice(from).map((_, at) => asked.slice(0, from + at).join('/')),
    entries: [...entries.values()].map(({ entry }) => entry).toSorted(byName),
    patterns: own,
  };
}

// --- internal ---

/** The path below the name of the innermost repository that it lies in; else as it is. `roots`: the longest first. */
function placeOf(
  path: readonly string[],
  roots: readonly { readonly name: string; readonly root: readonly string[] }[],
): readonly string[] {
  const within = roots.find(
    ({ root }) => path.length > root.length && root.every((part, at) => path[at] === part),
  );
  return within ? [within.name, ...path.slice(within.root.length)] : path;
}

/** Windows has the other stroke. */
function partsOf(path: string): string[] {
  return path.replaceAll('\\', '/').split('/');
}

function commonFolder(paths: readonly (readonly string[])[]): readonly string[] {
  let common = paths[0]?.slice(0, -1) ?? [];
  for (const parts of paths) {
    const end = common.findIndex((part, at) => at >= parts.length - 1 || parts[at] !== part);
    if (end >= 0) common = common.slice(0, end);
  }
  return common;
}

/** Folders first. */
function byName(one: TeamFileEntry, other: TeamFileEntry): number {
  return Number(other.isFolder) - Number(one.isFolder) || (one.name < other.name ? -1 : 1);
}
