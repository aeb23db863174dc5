import { percent } from './house.ts';
import type { House } from './house.ts';
import { GROUPS } from './import-table.ts';

/** Describes a house in lines of text: rooms, folders, arrows, and whatever breaks a rule. */
export function describeHouse(house: House): string {
  const { rooms, folders, arrows, forbidden, cycles, faults } = house;
  const from = new Map<string, string[]>();
  for (const arrow of arrows) {
    from.set(arrow.from, [...(from.get(arrow.from) ?? []), `${arrow.to} ${arrow.imports}`]);
  }
  const groups = Object.entries(GROUPS).flatMap(([group, rule]) => [
    `-- ${group}: ${rule}`,
    ...rooms
      .filter(({ room }) => room.group === group)
      .map(
        ({ room, files, lines, share }) =>
          `${room.name.padEnd(20)}${String(files).padStart(5)}${String(lines).padStart(8)}` +
          (share === undefined ? '' : percent(share).padStart(8)),
      ),
  ]);
  const loose = folders.map(({ path, files }) => `${String(files).padStart(5)}  ${path}`);
  return [
    `${'room'.padEnd(20)}${'files'.padStart(5)}${'lines'.padStart(8)}${'of lib'.padStart(8)}`,
    ...groups,
    '',
    'loose files a folder',
    ...loose,
    '',
    'arrows between rooms, with the number of imports',
    ...[...from].map(([room, to]) => `${room.padEnd(20)} > ${to.join(', ')}`),
    '',
    `upward or forbidden arrows: ${forbidden.length}`,
    `cycles: ${cycles.length}`,
    ...(faults.length === 0 ? ['Every rule holds.'] : ['', 'Broken rules:', ...faults]),
  ].join('\n');
}
