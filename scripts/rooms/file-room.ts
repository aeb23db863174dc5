import { ROOMS } from './import-table.ts';
import type { Room } from './import-table.ts';

/** Returns the path of a room below the repository: `lib/store/writers`, `lib/index.ts`, `hooks`. */
export function roomPath({ name }: Room): string {
  return name === 'hooks' || name === 'scripts' ? name : `lib/${name}`;
}

/** Finds the room of a file, the innermost one; undefined where no row covers it. */
export function roomOf(file: string, rooms: readonly Room[] = ROOMS): Room | undefined {
  return rooms
    .filter((room) => file === roomPath(room) || file.startsWith(`${roomPath(room)}/`))
    .toSorted((one, other) => other.name.length - one.name.length)[0];
}

/** Lists the packages that `file`, a file of the room, may import. */
export function packagesOf(room: Room, file: string): readonly string[] {
  const below = file.slice(roomPath(room).length + 1);
  const exceptions = (room.exceptions ?? []).filter(({ files }) => globRegex(files).test(below));
  return [...room.packages, ...exceptions.flatMap(({ packages }) => packages)];
}

// --- internal ---

function globRegex(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}$`);
}
