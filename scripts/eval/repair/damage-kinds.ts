import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Random } from '../../bench/measure/random.ts';
import type { DamageKind } from './damage-kind.ts';
import { SCHEMA_KINDS } from './schema-kinds.ts';
import { STRUCTURE_KINDS } from './structure-kinds.ts';

/** Every way. Positions and values are random. */
export const DAMAGE_KINDS: readonly DamageKind[] = [
  ...FILLS().map(({ name, fill }) => ({
    name: `pages of ${name}`,
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 8); left > 0; left--) {
        fill(pageOf(bytes, randomPage(bytes, random)), random);
      }
    }),
  })),
  ...FILLS().map(({ name, fill }) => ({
    name: `pointer map of ${name}`,
    make: onFile('whole', (bytes, random) => fill(pageOf(bytes, MAP_PAGE), random)),
  })),
  {
    name: 'pointer map and a page',
    make: onFile('whole', (bytes, random) => {
      pageOf(bytes, MAP_PAGE).fill(random.between(0, 255));
      pageOf(bytes, randomPage(bytes, random)).fill(random.between(0, 255));
    }),
  },
  {
    name: 'entries of the pointer map',
    make: onFile('whole', (bytes, random) => {
      const map = pageOf(bytes, MAP_PAGE);
      for (let left = random.between(1, 60); left > 0; left--) {
        const at = 5 * random.between(0, 300);
        map[at] = random.between(1, 5);
        map.writeUInt32BE(random.between(1, bytes.length / PAGE), at + 1);
      }
    }),
  },
  {
    name: 'sectors of random bytes',
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 6); left > 0; left--) {
        const at = 512 * random.between(0, bytes.length / 512 - 1);
        scribble(bytes.subarray(at, at + 512), random);
      }
    }),
  },
  {
    name: 'bits',
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 300); left > 0; left--) {
        const at = random.between(0, bytes.length - 1);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
      }
    }),
  },
  {
    name: 'bits of page headers',
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 20); left > 0; left--) {
        const page = pageOf(bytes, randomPage(bytes, random));
        const at = random.between(0, 40);
        page[at] = (page[at] ?? 0) ^ (1 << random.between(0, 7));
      }
    }),
  },
  {
    name: 'bytes of the first page',
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 8); left > 0; left--) {
        bytes[random.between(0, PAGE - 1)] = random.between(0, 255);
      }
    }),
  },
  {
    name: 'cut off',
    make: (bases, to, random) => {
      const bytes = readFileSync(bases.whole);
      writeFileSync(to, bytes.subarray(0, random.between(PAGE, bytes.length - 1)));
    },
  },
  {
    name: 'cut off, with a WAL',
    make: (bases, to, random) => {
      const bytes = readFileSync(bases.live);
      writeFileSync(to, bytes.subarray(0, random.oneOf([0, 1]) * random.between(0, bytes.length)));
      copyFileSync(`${bases.live}-wal`, `${to}-wal`);
    },
  },
  {
    name: 'WAL cut off',
    make: onWal((wal, random) => wal.subarray(0, random.between(0, wal.length))),
  },
  {
    name: 'WAL of random bytes',
    make: onWal((wal, random) => {
      const at = random.between(0, wal.length - 512);
      scribble(wal.subarray(at, at + 512), random);
      return wal;
    }),
  },
  {
    name: 'WAL, and pages of the file',
    make: (bases, to, random) => {
      const bytes = readFileSync(bases.live);
      for (let left = random.between(1, 4); left > 0; left--) {
        scribble(pageOf(bytes, randomPage(bytes, random)), random);
      }
      writeFileSync(to, bytes);
      copyFileSync(`${bases.live}-wal`, `${to}-wal`);
    },
  },
  {
    name: 'file swapped, WAL of another',
    make: (bases, to, random) => {
      copyFileSync(random.oneOf([bases.whole, bases.older]), to);
      copyFileSync(`${bases.live}-wal`, `${to}-wal`);
    },
  },
  {
    name: 'pages swapped',
    make: onFile('whole', (bytes, random) => {
      for (let left = random.between(1, 4); left > 0; left--) {
        const [one, other] = [randomPage(bytes, random), randomPage(bytes, random)];
        const kept = Buffer.from(pageOf(bytes, one));
        pageOf(bytes, other).copy(pageOf(bytes, one));
        kept.copy(pageOf(bytes, other));
      }
    }),
  },
  {
    name: 'pages of an earlier state',
    make: (bases, to, random) => {
      const [bytes, before] = [readFileSync(bases.whole), readFileSync(bases.older)];
      for (let left = random.between(1, 20); left > 0; left--) {
        const page = randomPage(before, random);
        pageOf(before, page).copy(pageOf(bytes, page));
      }
      writeFileSync(to, bytes);
    },
  },
  ...STRUCTURE_KINDS,
  ...SCHEMA_KINDS,
];

// --- internal ---

const PAGE = 4_096;
const MAP_PAGE = 2;

interface Fill {
  readonly name: string;
  readonly fill: (page: Buffer, random: Random) => void;
}

function FILLS(): Fill[] {
  return [
    ...[0x00, 0x01, 0x05, 0x55, 0xff].map((byte) => ({
      name: `0x${byte.toString(16).padStart(2, '0')}`,
      fill: (page: Buffer) => void page.fill(byte),
    })),
    { name: 'random bytes', fill: scribble },
  ];
}

function pageOf(bytes: Buffer, number: number): Buffer {
  return bytes.subarray((number - 1) * PAGE, number * PAGE);
}

function randomPage(bytes: Buffer, random: Random): number {
  return random.between(2, Math.floor(bytes.length / PAGE));
}

function scribble(bytes: Buffer, random: Random): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.between(0, 255);
}

function onFile(
  base: 'whole' | 'live',
  damage: (bytes: Buffer, random: Random) => void,
): DamageKind['make'] {
  return (bases, to, random) => {
    const bytes = readFileSync(bases[base]);
    damage(bytes, random);
    writeFileSync(to, bytes);
    if (existsSync(`${to}-wal`)) rmSync(`${to}-wal`);
  };
}

function onWal(damage: (wal: Buffer, random: Random) => Buffer): DamageKind['make'] {
  return (bases, to, random) => {
    copyFileSync(bases.live, to);
    writeFileSync(`${to}-wal`, damage(readFileSync(`${bases.live}-wal`), random));
  };
}
