import { describe, expect, it } from 'vitest';
import { describeHouse } from '../../../scripts/rooms/house-text.ts';
import { houseOf } from '../../../scripts/rooms/house.ts';
import { parseSource, readHouse } from '../../../scripts/rooms/source-file.ts';

const house = (files: Readonly<Record<string, string>>) =>
  houseOf(Object.entries(files).map(([path, text]) => parseSource(path, text)));

/** Enough lines elsewhere, so that no room is too large. */
const ROOMY = Object.fromEntries(
  ['base', 'capture', 'event', 'config', 'log', 'redact'].map((room) => [
    `lib/${room}/roomy.ts`,
    '\n'.repeat(100),
  ]),
);

describe('the house as it is', () => {
  const { forbidden, cycles, faults } = houseOf(readHouse('.'));

  it('breaks no rule: strangers, arrows, the size of rooms and folders', () => {
    expect(faults).toEqual([]);
  });

  it('has no import that its row does not name', () => {
    expect(forbidden).toEqual([]);
  });

  it('has no cycle', () => {
    expect(cycles).toEqual([]);
  });
});

describe('houseOf', () => {
  it.each([
    ['lib/base/a.ts', "import '../event/b.ts';", 'lib/base/a.ts > lib/event/b.ts: upward'],
    [
      'lib/redact/a.ts',
      "import '../event/b.ts';",
      'lib/redact/a.ts > lib/event/b.ts: not in its row',
    ],
    [
      'lib/service/store/sqlite/a.ts',
      "import type { B } from '../../app.ts';",
      'lib/service/store/sqlite/a.ts > lib/service/app.ts: upward',
    ],
    ['lib/event/a.ts', "await import('../cli/b.ts');", 'lib/event/a.ts > lib/cli/b.ts: upward'],
    ['lib/event/a.ts', "import '../../test/b.ts';", 'lib/event/a.ts > test/b.ts: no room'],
    ['lib/event/a.ts', "import 'zod';", 'lib/event/a.ts > zod: package not in its row'],
  ])('finds fault with %s that says %s', (path, text, fault) => {
    expect(house({ ...ROOMY, [path]: text }).faults).toEqual([fault]);
  });

  it('finds a file that lint does not look at', () => {
    const { faults } = house({ ...ROOMY, 'lib/pattern/a.mts': '' });
    expect(faults).toEqual(['lib/pattern/a.mts is not linted: name it *.ts']);
  });

  it('finds a cycle, of types too', () => {
    const { cycles } = house({
      'lib/base/a.ts': "import './b.ts';",
      'lib/base/b.ts': "export * from './c.ts';",
      'lib/base/c.ts': "import type { A } from './a.ts';\nimport './d.ts';",
      'lib/base/d.ts': '',
    });
    expect(cycles).toEqual([['lib/base/a.ts', 'lib/base/b.ts', 'lib/base/c.ts']]);
  });

  it('finds files in no room, a room that is too large, and a folder that is too full', () => {
    const many = Array.from({ length: 17 }, (_, n) => [`lib/event/${n}.ts`, '\n'.repeat(20)]);
    const lists = Array.from({ length: 17 }, (_, n) => [`lib/cli/commands/${n}.ts`, '']);
    const files = { ...ROOMY, ...Object.fromEntries([...many, ...lists]), 'lib/new/a.ts': '' };
    expect(house(files).faults).toEqual([
      'lib/new/a.ts is in no room',
      'lib/event is 46.8 % of lib/',
      'lib/event holds 18 loose files',
    ]);
  });
});

describe('describeHouse', () => {
  it('shows rooms, folders, arrows, cycles and broken rules', () => {
    const text = describeHouse(
      house({
        ...ROOMY,
        'lib/event/a.ts': "import '../base/b.ts';\n",
        'hooks/a.ts': "import 'pino';",
      }),
    );
    expect(text).toMatch(/^event +2 +101 +16\.8 %$/m);
    expect(text).toMatch(/^ +2 {2}lib\/event$/m);
    expect(text).toMatch(/^event +> base 1$/m);
    expect(text).toMatch(/^upward or forbidden arrows: 1\ncycles: 0$/m);
    expect(text).toMatch(/\nBroken rules:\nhooks\/a\.ts > pino: package not in its row$/);
  });
});
