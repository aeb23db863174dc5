import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOMS } from '../../../scripts/rooms/import-table.ts';
import { roomOf, roomPath } from '../../../scripts/rooms/file-room.ts';
import type { Room } from '../../../scripts/rooms/import-table.ts';
import { readHouse } from '../../../scripts/rooms/source-file.ts';

const PLANT = 'planted.ts';
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'rooms-'));
  for (const folder of ['lib', 'hooks', 'scripts']) {
    cpSync(folder, join(copy, folder), { recursive: true });
  }
  const lint = JSON.parse(readFileSync('.oxlintrc.json', 'utf8')) as Record<string, unknown>;
  // Without types, which the rule needs as little as the packages of a whole checkout.
  delete lint['options'];
  writeFileSync(join(copy, '.oxlintrc.json'), JSON.stringify(lint));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('lint with the generated overrides', () => {
  it('has nothing to say of the imports as they are', () => {
    expect(restrictedLines()).toEqual([]);
  });

  it('refuses each forbidden import that is planted in any folder, and no other', () => {
    const plants = readHouse('.').map(({ path }) => path);
    const folders = [...new Set(plants.map((path) => posix.dirname(path)))];
    const expected = folders.flatMap((folder) => {
      // lib/ itself is the room of one file.
      const path = folder === 'lib' ? 'lib/index.ts' : `${folder}/${PLANT}`;
      const room = roomOf(path);
      if (!room) throw new Error(`${path} is in no room`);
      const { allowed, forbidden } = importsOf(room, path);
      const lines = [...forbidden, ...allowed].map((specifier, n) => statement(specifier, n));
      writeFileSync(join(copy, path), `${lines.join('\n')}\n`);
      return forbidden.map((specifier) => `${path}: ${specifier}`);
    });
    expect(expected.length).toBeGreaterThan(800);
    expect(restrictedLines()).toEqual([...new Set(expected)].toSorted());
  });
});

/** Ways to write what could be written shorter, and so could lead anywhere. */
const ROUNDABOUT = [
  './../../cli/x.ts',
  '../.././cli/x.ts',
  '../..//cli/x.ts',
  '../../base/../cli/x.ts',
  './x/../../cli/x.ts',
  '/lib/cli/x.ts',
  'file:///lib/cli/x.ts',
  'claude-pattern-tracker',
  'claude-pattern-tracker/dist/index.mjs',
];

/** What a file of the room may import by its row, and what it may not. */
function importsOf(room: Room, path: string): Record<'allowed' | 'forbidden', string[]> {
  const of = (target: Room) => {
    const file = roomPath(target);
    const to = posix.relative(posix.dirname(path), file.endsWith('.ts') ? file : `${file}/x.ts`);
    return to.startsWith('.') ? to : `./${to}`;
  };
  const others = ROOMS.filter((target) => target !== room);
  const named = (target: Room) => room.imports.includes(target.name);
  const packages = [...new Set(ROOMS.flatMap((one) => one.packages))];
  const isOfLib = path.startsWith('lib/');
  return {
    allowed: [...others.filter(named).map(of), ...room.packages, 'node:fs'],
    forbidden: [
      ...others.filter((target) => !named(target)).map(of),
      ...packages.filter((name) => !room.packages.includes(name)),
      ...(room.name === 'scripts' ? ['undici'] : ['better-sqlite3', 'vitest']),
      ...(isOfLib ? [posix.relative(posix.dirname(path), 'test/support/x.ts')] : []),
      ...ROUNDABOUT,
    ],
  };
}

/** Each of the ways to import, in turn. */
function statement(specifier: string, n: number): string {
  const ways = [
    `import '${specifier}';`,
    `import type { A${n} } from '${specifier}';`,
    `export * from '${specifier}';`,
    `await import('${specifier}');`,
  ];
  return ways[n % ways.length] ?? '';
}

/** `file: specifier` of every import that lint forbids in the copy, sorted. */
function restrictedLines(): string[] {
  const oxlint = resolve('node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly {
      readonly code: string;
      readonly message: string;
      readonly filename: string;
    }[];
  };
  const lines = diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ filename, message }) => `${filename}: ${/^'([^']+)'/.exec(message)?.[1]}`);
  return [...new Set(lines)].toSorted(); // two patterns may say the same
}
