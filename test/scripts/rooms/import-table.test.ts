import { describe, expect, it } from 'vitest';
import { GROUPS, ROOMS } from '../../../scripts/rooms/import-table.ts';
import { packagesOf, roomOf } from '../../../scripts/rooms/file-room.ts';

const names = ROOMS.map(({ name }) => name);
const groups = Object.keys(GROUPS);

describe('the import table', () => {
  it.each(ROOMS)('lets $name import rooms above it only', ({ name, imports }) => {
    const above = names.slice(0, names.indexOf(name));
    expect(imports.filter((other) => !above.includes(other))).toEqual([]);
  });

  it('goes from ring to ring', () => {
    const order = ROOMS.map(({ group }) => groups.indexOf(group));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it('gives the hot ring no package', () => {
    const hot = ROOMS.filter(({ group, name }) => group === 'hot ring' || name === 'hooks');
    expect(hot.flatMap(({ packages }) => packages)).toEqual([]);
    expect(hot.map(({ name }) => name)).toEqual(['base', 'capture', 'hooks']);
  });

  it('lets no face import another one, except for the command line', () => {
    const faces = ROOMS.filter(({ group }) => group === 'faces').map(({ name }) => name);
    const mixed = ROOMS.filter(({ group }) => group === 'faces')
      .filter(({ imports }) => imports.some((name) => faces.includes(name)))
      .map(({ name }) => name);
    expect(mixed).toEqual(['cli']);
  });

  it('names a room inside another one beside that one, as lint needs it', () => {
    for (const { name, imports } of ROOMS) {
      const around = (inner: string) => names.filter((outer) => inner.startsWith(`${outer}/`));
      const missing = imports.flatMap(around).filter((outer) => !imports.includes(outer));
      expect(missing.filter((outer) => outer !== name)).toEqual([]);
    }
  });
});

describe('roomOf', () => {
  it('finds the innermost room of a file', () => {
    expect(roomOf('lib/service/store/sqlite/walk.ts')?.name).toBe('service/store');
    expect(roomOf('lib/service/app.ts')?.name).toBe('service');
    expect(roomOf('lib/index.ts')?.name).toBe('index.ts');
    expect(roomOf('hooks/stop.ts')?.name).toBe('hooks');
  });

  it('finds none for a file that no row covers', () => {
    expect(roomOf('lib/store/new.ts')).toBeUndefined();
    expect(roomOf('lib/eventual/new.ts')).toBeUndefined();
  });
});

describe('packagesOf', () => {
  it('adds the exceptions of a file to the packages of its room', () => {
    const database = roomOf('lib/store/database/sqlite.ts');
    if (!database) throw new Error('no room');
    expect(packagesOf(database, 'lib/store/database/sqlite.ts')).toContain('better-sqlite3');
    expect(packagesOf(database, 'lib/store/database/meta.ts')).toEqual([]);
  });
});
