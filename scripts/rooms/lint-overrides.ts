import { ROOMS } from './import-table.ts';
import { packagesOf, roomOf, roomPath } from './file-room.ts';
import type { Room } from './import-table.ts';

/** An entry of `overrides` in .oxlintrc.json that restricts the imports of some files. */
export interface LintOverride {
  readonly files: readonly string[];
  readonly rules: {
    readonly 'no-restricted-imports': readonly [
      'error',
      { readonly patterns: readonly LintPattern[] },
    ];
  };
}

/** One of the restrictions of an override. */
export interface LintPattern {
  /** Matches the specifiers that are forbidden. */
  readonly regex: string;
  /** What lint prints beside the import. */
  readonly message: string;
}

/**
 * Writes the import table as lint rules: one override for each room and depth of its folders, because
 * lint sees a specifier and not the file it means. A later override replaces an earlier one, so a room
 * inside another comes after it.
 *
 * @param sources Paths of source files, which tell how deep the folders of a room go.
 * @param packages The npm packages that could be imported at all, those of package.json.
 */
export function lintOverrides(
  sources: readonly string[],
  packages: readonly string[],
): LintOverride[] {
  return ROOMS.toSorted(
    (one, other) => roomPath(one).split('/').length - roomPath(other).split('/').length,
  ).flatMap((room) => {
    const base = roomPath(room);
    const depths = new Set(
      sources.filter((file) => roomOf(file) === room).map((file) => depthBelow(base, file)),
    );
    const ending = sources.some((file) => roomOf(file) === room && file.endsWith('.tsx'))
      ? '{ts,tsx}'
      : 'ts';
    const byDepth = [...depths]
      .toSorted((one, other) => one - other)
      .map((depth) => ({
        files: base.endsWith('.ts') ? base : `${base}/${'*/'.repeat(depth)}*.${ending}`,
        depth,
      }));
    const exceptions = (room.exceptions ?? []).map(({ files }) => ({
      files: `${base}/${files}`,
      depth: depthBelow(base, `${base}/${files}`),
    }));
    return [...byDepth, ...exceptions].map(({ files, depth }) => {
      const patterns = [
        pathPattern(room, depth),
        packagePattern(room, files, packages),
        ROUNDABOUT,
      ];
      return { files: [files], rules: { [RULE]: ['error', { patterns }] } };
    });
  });
}

/** A lint configuration with all its import restrictions replaced by `overrides`. */
export function withImportRules<Configuration extends { readonly overrides: readonly object[] }>(
  configuration: Configuration,
  overrides: readonly LintOverride[],
): Configuration {
  const others = configuration.overrides.filter(
    (entry) => !('rules' in entry && RULE in (entry.rules as object)),
  );
  return { ...configuration, overrides: [...others, ...overrides] };
}

// --- internal ---

const RULE = 'no-restricted-imports';

/** A specifier that is not written in the shortest way could name any room past the other patterns. */
const ROUNDABOUT: LintPattern = {
  regex: String.raw`^(?:\./\.|/|file:|claude-pattern-tracker(?:/|$))|/\.?/|[\w-]/\.\./`,
  message: 'Write the shortest relative path to the file.',
};
const SOURCE = 'See scripts/rooms/import-table.ts.';

/** Folders between a room's own and a file: 0 for a file that lies in the room's folder. */
function depthBelow(base: string, file: string): number {
  return base === file ? 0 : file.slice(base.length + 1).split('/').length - 1;
}

function packagePattern(room: Room, files: string, packages: readonly string[]): LintPattern {
  const allowed = packagesOf(room, files);
  const message = `Packages that may be imported here: ${allowed.join(', ') || 'none'}. ${SOURCE}`;
  // The hot path forbids every package. Other rooms list the forbidden ones: lint's regexes know no exceptions.
  if (room.group === 'hot ring' || room.name === 'hooks') {
    return { regex: '^[@a-z][^:]*$', message };
  }
  const forbidden = packages.filter((name) => !allowed.includes(name));
  return { regex: `^(?:${forbidden.map(escaped).join('|')})(?:/|$)`, message };
}

function pathPattern(room: Room, depth: number): LintPattern {
  const message = `Rooms that ${room.name} may import: ${room.imports.join(', ') || 'none'}. ${SOURCE}`;
  return { regex: pathRegex(room, depth), message };
}

/** A regular expression for what a file of the room, `depth` folders below it, may not import. */
function pathRegex(room: Room, depth: number): string {
  const own = roomPath(room).split('/');
  // The folder of lib/index.ts is lib/.
  const folder = own.at(-1)?.endsWith('.ts') ? own.slice(0, -1) : own;
  /** How the file writes the folder that consists of the first `known` segments of its own. */
  const way = (known: number) =>
    String.raw`\.\./`.repeat(folder.length - known + depth) || String.raw`\./`;
  const forbidden = new Map<string, string[]>();
  const forbid = (start: string, rest: string) =>
    forbidden.set(start, [...(forbidden.get(start) ?? []), rest]);
  // A file of lib/ may not name lib/ from outside, so one way leads from it to each folder.
  const isOfLib = folder[0] === 'lib';
  if (isOfLib) forbid(way(0), '');
  for (const target of ROOMS) {
    if (target === room || room.imports.includes(target.name)) continue;
    const segments = roomPath(target).split('/');
    if (isInside(room, target)) {
      forbid(way(segments.length), '[^.]'); // everything that lies around the room
      continue;
    }
    const shared = segments.findIndex((segment, n) => segment !== folder[n]);
    for (let known = isOfLib ? 1 : 0; known <= shared; known++) {
      const rest = escaped(segments.slice(known).join('/'));
      forbid(way(known), target.name.endsWith('.ts') ? `${rest}$` : `${rest}/`);
    }
  }
  const alternatives = [...forbidden].map(([start, rests]) =>
    rests.length === 1 ? start + rests[0] : `${start}(?:${rests.join('|')})`,
  );
  return `^(?:${alternatives.join('|')})`;
}

/** Whether a room lies in the folder of another one. */
function isInside(room: Room, other: Room): boolean {
  return room !== other && roomPath(room).startsWith(`${roomPath(other)}/`);
}

function escaped(text: string): string {
  return text.replaceAll('.', String.raw`\.`);
}
