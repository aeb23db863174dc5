import { GROUPS, ROOMS } from './import-table.ts';

/**
 * Returns the text of AGENTS.md with the list of rooms between its two markers up to date.
 *
 * @throws Error if the markers are not there.
 */
export function withRoomList(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`AGENTS.md has lost ${BEGIN} or ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${roomList()}\n\n${page.slice(end)}`;
}

// --- internal ---

const BEGIN = '<!-- rooms: written by `npm run rooms` from scripts/rooms/import-table.ts -->';
const END = '<!-- rooms end -->';

/** Characters before the purpose of a room. */
const INDENT = 20;

function roomList(): string {
  const groups = Object.entries(GROUPS).flatMap(([group, rule]) => [
    `-- ${group}: ${rule}`,
    ...ROOMS.filter((room) => room.group === group).flatMap(({ name, purpose, imports }) => [
      `${name.padEnd(INDENT)}${purpose}`,
      ...(imports.length === 0 ? [] : [`${' '.repeat(INDENT)}< ${imports.join(' ')}`]),
    ]),
  ]);
  return ['```', ...groups, '```'].join('\n');
}
