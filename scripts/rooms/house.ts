import { dirname } from 'node:path/posix';
import { ROOMS } from './import-table.ts';
import { packagesOf, roomOf, roomPath } from './file-room.ts';
import type { Room } from './import-table.ts';
import type { SourceFile } from './source-file.ts';

/** The largest share of lib/ that a room may hold. Our choice: a larger room holds several capabilities; the commands are one. */
export const MAX_SHARE = 0.22;
/** The most files in a folder of lib/, except for `LISTS`. Our choice: a list of 16 is read at a glance. */
export const MAX_LOOSE_FILES = 16;

/** How large a room is. */
export interface RoomSize {
  readonly room: Room;
  readonly files: number;
  readonly lines: number;
  /** Of the lines of lib/, 0 to 1; undefined for a room outside it. */
  readonly share: number | undefined;
}

/** How full a folder is. */
export interface FolderSize {
  readonly path: string;
  /** Files in the folder itself. */
  readonly files: number;
}

/** Imports that lead from one room to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly imports: number;
}

/** What the import graph says of the rooms. */
export interface House {
  readonly rooms: readonly RoomSize[];
  /** Folders of lib/ with files in them. */
  readonly folders: readonly FolderSize[];
  readonly arrows: readonly Arrow[];
  /** Imports of a file from a room that its own row does not name, one line each. */
  readonly forbidden: readonly string[];
  /** Groups of files that import each other. A cycle between rooms contains an upward arrow as well. */
  readonly cycles: readonly (readonly string[])[];
  /** Everything that breaks a rule, one line each; empty for a house in order. */
  readonly faults: readonly string[];
}

/** Judges sources by the import table; `sources` are those of a whole checkout. */
export function houseOf(sources: readonly SourceFile[]): House {
  const rooms = roomSizes(sources);
  const folders = folderSizes(sources);
  const forbidden = sources.flatMap(forbiddenImports);
  const cycles = cyclesOf(sources);
  const faults = [
    ...sources.filter(({ path }) => !roomOf(path)).map(({ path }) => `${path} is in no room`),
    ...sources.filter(isUnlinted).map(({ path }) => `${path} is not linted: name it *.ts`),
    ...forbidden,
    ...cycles.map((files) => `cycle: ${files.join(' > ')}`),
    ...rooms
      .filter(({ share }) => share !== undefined && share > MAX_SHARE)
      .map(({ room, share = 0 }) => `${roomPath(room)} is ${percent(share)} of lib/`),
    ...folders
      .filter(({ path, files }) => files > MAX_LOOSE_FILES && !LISTS.includes(path))
      .map(({ path, files }) => `${path} holds ${files} loose files`),
  ];
  return { rooms, folders, arrows: arrowsOf(sources), forbidden, cycles, faults };
}

/** Formats a share of 0 to 1: `12.3 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

// --- internal ---

/** Lint's import rules are written for .ts and .tsx files. */
function isUnlinted({ path }: SourceFile): boolean {
  return path.startsWith('lib/') && !/\.tsx?$/.test(path);
}

/** Folders that hold one file for each command or route, and grow with their number. */
const LISTS: readonly string[] = ['lib/cli/commands', 'lib/service/routes'];

function roomSizes(sources: readonly SourceFile[]): RoomSize[] {
  const linesOf = (files: readonly SourceFile[]) =>
    files.reduce((all, { lines }) => all + lines, 0);
  const all = linesOf(sources.filter(({ path }) => path.startsWith('lib/')));
  return ROOMS.map((room) => {
    const own = sources.filter(({ path }) => roomOf(path) === room);
    const lines = linesOf(own);
    const share = roomPath(room).startsWith('lib/') ? lines / all : undefined;
    return { room, files: own.length, lines, share };
  });
}

function folderSizes(sources: readonly SourceFile[]): FolderSize[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    const folder = dirname(path);
    if (folder.startsWith('lib')) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([path, files]) => ({ path, files }));
}

function arrowsOf(sources: readonly SourceFile[]): Arrow[] {
  const counts = new Map<string, number>();
  for (const { path, files } of sources) {
    const from = roomOf(path);
    for (const target of files.map((file) => roomOf(file))) {
      if (!from || !target || from === target) continue;
      const key = `${from.name} ${target.name}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const order = ROOMS.map(({ name }) => name);
  return [...counts]
    .map(([key, imports]) => {
      const [from = '', to = ''] = key.split(' ');
      return { from, to, imports };
    })
    .toSorted(
      (one, other) =>
        order.indexOf(one.from) - order.indexOf(other.from) ||
        order.indexOf(one.to) - order.indexOf(other.to),
    );
}

function forbiddenImports({ path, files, packages }: SourceFile): string[] {
  const room = roomOf(path);
  if (!room) return [];
  const isUp = (target: Room) => ROOMS.indexOf(target) > ROOMS.indexOf(room);
  const ofFiles = files.flatMap((file) => {
    const target = roomOf(file);
    if (target === room || (target && room.imports.includes(target.name))) return [];
    if (target) return [`${path} > ${file}: ${isUp(target) ? 'upward' : 'not in its row'}`];
    // Benchmarks and the demo use the tests' faulty server and their harness for Claude Code.
    return room.name === 'scripts' && file.startsWith('test/')
      ? []
      : [`${path} > ${file}: no room`];
  });
  const allowed = packagesOf(room, path);
  return [
    ...ofFiles,
    ...packages
      .filter((name) => !allowed.includes(name))
      .map((name) => `${path} > ${name}: package not in its row`),
  ];
}

/** The groups of files that reach each other (Tarjan's strongly connected components). */
function cyclesOf(sources: readonly SourceFile[]): string[][] {
  const importsOf = new Map(sources.map(({ path, files }) => [path, files]));
  const index = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const own = index.size;
    index.set(path, own);
    let lowest = own;
    stack.push(path);
    for (const file of importsOf.get(path) ?? []) {
      if (!importsOf.has(file)) continue;
      if (!index.has(file)) lowest = Math.min(lowest, visit(file));
      else if (stack.includes(file)) lowest = Math.min(lowest, index.get(file) ?? own);
    }
    if (lowest === own) {
      const cycle = stack.splice(stack.indexOf(path));
      if (cycle.length > 1 || importsOf.get(path)?.includes(path)) cycles.push(cycle);
    }
    return lowest;
  };
  for (const { path } of sources) if (!index.has(path)) visit(path);
  return cycles;
}
