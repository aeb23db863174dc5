import { readFileSync, writeFileSync } from 'node:fs';
import { InvariantError } from '../../../lib/base/errors.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import type { Random } from '../../bench/measure/random.ts';
import type { DamageKind } from './damage-kind.ts';

/** Pages that lead where they should not, and headers that say what is not so. */
export const STRUCTURE_KINDS: readonly DamageKind[] = [
  {
    name: 'tree pointer loops',
    make: damaging('internal', (bytes, page, { random, last }) => {
      bytes.writeUInt32BE(random.oneOf([page, 1, 3, last]), at(page) + 8);
    }),
  },
  {
    name: 'children of other trees',
    make: damaging('internal', (bytes, page, { random, pages }) => {
      const cells = bytes.readUInt16BE(at(page) + 3);
      const cell = bytes.readUInt16BE(at(page) + 12 + 2 * random.between(0, cells - 1));
      bytes.writeUInt32BE(anyOf(pages, random).page, at(page) + cell);
    }),
  },
  {
    name: 'overflow chains that loop or cross',
    make: damaging('overflow', (bytes, page, { random, pages, last }) => {
      const other = anyOf(
        pages.filter(({ kind }) => kind === 'overflow'),
        random,
      );
      const next = random.oneOf([page, other.page, other.page, 1, last + 7]);
      bytes.writeUInt32BE(next, at(page));
    }),
  },
  {
    name: 'cell pointers of leaves',
    make: damaging('leaf', (bytes, page, { random }) => {
      const cells = bytes.readUInt16BE(at(page) + 3);
      const pointer = (cell: number) => at(page) + 8 + 2 * cell;
      const own = random.between(0, cells - 1);
      const other = bytes.readUInt16BE(pointer(random.between(0, cells - 1)));
      bytes.writeUInt16BE(random.oneOf([other, other + 2, 0, 0xffff]), pointer(own));
    }),
  },
  {
    name: 'freelist',
    make: onHeader((bytes, random) => {
      const last = bytes.length / PAGE;
      if (random.oneOf([true, false])) bytes.writeUInt32BE(random.between(0, last + 9), 32);
      else bytes.writeUInt32BE(random.between(0, last), 36);
      const trunk = bytes.readUInt32BE(32);
      if (trunk >= 2 && trunk <= last && random.oneOf([true, false])) {
        bytes.writeUInt32BE(random.oneOf([trunk, 1, last]), at(trunk));
      }
    }),
  },
  {
    name: 'fields of the header',
    make: onHeader((bytes, random) => {
      const field = random.oneOf([18, 19, 20, 21, 22, 23, 24, 28, 40, 44, 48, 68, 92, 96]);
      bytes[field + (field < 24 ? 0 : 3)] = random.between(0, 255);
    }),
  },
  {
    name: 'page size',
    make: onHeader((bytes, random) => {
      bytes.writeUInt16BE(random.oneOf([1, 512, 1_024, 8_192, 32_768, 4_095]), 16);
    }),
  },
  {
    name: 'text encoding',
    make: onHeader((bytes, random) => void bytes.writeUInt32BE(random.oneOf([0, 2, 3, 9]), 56)),
  },
  {
    name: 'auto-vacuum flags',
    make: onHeader((bytes, random) => {
      bytes.writeUInt32BE(random.oneOf([0, 1, 700]), random.oneOf([52, 64]));
    }),
  },
  {
    name: 'schema version of the future, or none',
    make: onHeader((bytes, random) => void bytes.writeUInt32BE(random.oneOf([0, 99]), 60)),
  },
  {
    name: 'holes',
    make: onHeader((bytes, random) => {
      for (let left = random.between(1, 3); left > 0; left--) {
        const start = random.between(1, bytes.length / PAGE - 20);
        bytes.fill(0, start * PAGE, (start + random.between(2, 16)) * PAGE);
      }
    }),
  },
  {
    name: 'nothing or one page',
    make: (bases, to, random) => {
      const bytes = readFileSync(bases.whole);
      writeFileSync(to, bytes.subarray(0, random.oneOf([0, PAGE, 2 * PAGE])));
    },
  },
];

// --- internal ---

const PAGE = 4_096;

interface TreePlace {
  readonly page: number;
  readonly kind: 'internal' | 'leaf' | 'overflow';
}

interface Surroundings {
  readonly random: Random;
  readonly pages: readonly TreePlace[];
  /** The number of the last page. */
  readonly last: number;
}

function damaging(
  kind: TreePlace['kind'],
  damage: (bytes: Buffer, page: number, around: Surroundings) => void,
): DamageKind['make'] {
  return (bases, to, random) => {
    const bytes = readFileSync(bases.whole);
    const pages = treePlaces(bases.whole);
    const ofKind = pages.filter((place) => place.kind === kind);
    for (let left = random.between(1, 3); left > 0; left--) {
      damage(bytes, anyOf(ofKind, random).page, { random, pages, last: bytes.length / PAGE });
    }
    writeFileSync(to, bytes);
  };
}

function onHeader(damage: (bytes: Buffer, random: Random) => void): DamageKind['make'] {
  return (bases, to, random) => {
    const bytes = readFileSync(bases.whole);
    damage(bytes, random);
    writeFileSync(to, bytes);
  };
}

const places = new Map<string, readonly TreePlace[]>();

/** The pages that have something in them, but the first, which has no room for the pointers of other pages. */
function treePlaces(path: string): readonly TreePlace[] {
  const known = places.get(path);
  if (known) return known;
  const database = new Sqlite(path, { readonly: true });
  try {
    const found = database
      .prepare<[], TreePlace>(
        "SELECT pageno AS page, pagetype AS kind FROM dbstat WHERE pageno > 1 AND (ncell > 0 OR pagetype = 'overflow')",
      )
      .all();
    places.set(path, found);
    return found;
  } finally {
    database.close();
  }
}

function anyOf<T>(list: readonly T[], random: Random): T {
  const item = list[random.between(0, list.length - 1)];
  if (item === undefined) throw new InvariantError('there is none');
  return item;
}

/** Where a page begins in the file. */
function at(page: number): number {
  return (page - 1) * PAGE;
}
