import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sideBySide } from '../../lib/cli/similar/side-by-side.ts';
import { indexSearchChunk } from '../../lib/store/maintenance/search-index.ts';
import { fillSample, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const SUM = `export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;
const FIRST = '3f2a9c10-1111-4111-8111-111111111111';

const empty = new Sample();
const sample = new Sample();
beforeAll(() => {
  fillSample(sample);
  sample.pattern('5a5a000000000001', SUM);
  sample.pattern('5a5a000000000002', SUM.replace('total += value', 'total += value.price'));
  for (const n of [1, 2]) {
    sample.event(`sum-${n}`, FIRST, 'PostToolUse');
    sample.occurrence(`5a5a00000000000${n}`, `sum-${n}`, {
      session_id: FIRST,
      file_path: `/w/app/src/sum-${n}.ts`,
      project_id: 1,
      at: NOW - n * 60_000,
    });
  }
  while (indexSearchChunk(sample.database));
  writeFileSync(join(sample.folder, 'sums.ts'), `const before = 1;\n${SUM}`);
  writeFileSync(join(sample.folder, 'bytes.ts'), 'a\0b');
});
afterAll(() => {
  empty.remove();
  sample.remove();
});

describe('similar', () => {
  it('shows a figure, the place, and beside each other what differs', async () => {
    const { exitCode, out, err } = await run(sample, 'similar sums.ts:2-6');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "100 % 5a5a000000000001  src/sum-1.ts:1 · typescript, 6 lines · app · session 3f2a9c10 · 1 min ago
          Nothing differs but blanks.

       89 % 5a5a000000000002  src/sum-2.ts:1 · typescript, 6 lines · app · session 3f2a9c10 · 2 min ago
          ⋮
            let total = 0;                         let total = 0;
            for (const value of values) total  |   for (const value of values) total
          += value;                              += value.price;
            return total;                          return total;
          ⋮
      "
    `);
  });

  it('prints JSON, the most similar first', async () => {
    const { out } = await run(sample, 'similar sums.ts:2-6 --json');
    expect(JSON.parse(out)).toMatchObject([
      { pattern_id: '5a5a000000000001', score: 1, file_path: '/w/app/src/sum-1.ts', line: 1 },
      { pattern_id: '5a5a000000000002', file_path: '/w/app/src/sum-2.ts', session_id: FIRST },
    ]);
  });

  it('takes a pattern by its id, and leaves it out', async () => {
    const { out } = await run(sample, 'similar 5a5a000000000002 --json');
    const hits = JSON.parse(out) as { pattern_id: string }[];
    expect(hits.map(({ pattern_id }) => pattern_id)).toEqual(['5a5a000000000001']);
  });

  it('finds only what is asked for', async () => {
    expect((await run(sample, 'similar sums.ts:2-6 --project site')).out).toBe(
      'No code is similar.\n',
    );
    const { out } = await run(sample, 'similar sums.ts:2-6 --file sum-2.ts --json');
    expect(JSON.parse(out)).toHaveLength(1);
    for (const [language, count] of Object.entries({ ts: 2, TypeScript: 2, klingon: 0 })) {
      const hits = await run(sample, `similar sums.ts:2-6 --language ${language} --json`);
      expect(JSON.parse(hits.out)).toHaveLength(count);
    }
  });

  it('works where nothing was recorded', async () => {
    writeFileSync(join(empty.folder, 'sums.ts'), SUM);
    expect((await run(empty, 'similar sums.ts --json')).out).toBe('[]\n');
  });

  it.each([
    ['nothing.ts', 'there is no file nothing.ts'],
    ['abcd', 'there is no file "abcd", and no pattern begins so'],
    ['5a5a', 'more than one pattern begins with "5a5a"'],
    ['sums.ts:90', 'sums.ts has no line 90\n  It has 6 lines.'],
    ['bytes.ts', 'bytes.ts is not a text: it holds NUL characters\n  Name a text'],
    ['sums.ts:6', 'sums.ts:6 is too short to compare'],
  ])('says what is wrong with %s', async (argument, message) => {
    const { exitCode, err } = await run(sample, `similar ${argument}`);
    expect(exitCode).not.toBe(0);
    expect(err).toContain(message);
  });
});

describe('two texts beside each other', () => {
  const rows = (one: string, other: string, columns = 40, most = 50) =>
    sideBySide(one, other, { columns, color: false, most });

  it('show what differs and what is next to it', () => {
    const one = 'a\nb\nc\nd\ne\nf\n';
    expect(rows(one, one.replace('d', 'D\nE'), 43).rows).toEqual([
      '⋮',
      `c${' '.repeat(22)}c`,
      `d${' '.repeat(20)}| D`,
      `${' '.repeat(21)}> E`,
      `e${' '.repeat(22)}e`,
      '⋮',
    ]);
  });

  it('are broken at the width, and cut to the number of rows', () => {
    const { rows: lines, left } = rows('x'.repeat(50), 'y\n'.repeat(9), 43, 4);
    expect(lines).toEqual([
      `${'x'.repeat(20)} | y`,
      'x'.repeat(20),
      'x'.repeat(10),
      `${' '.repeat(21)}> y`,
    ]);
    expect(left).toBe(7);
  });

  it('are safe to print, and nothing where they are equal but for blanks', () => {
    expect(rows('a\u001b[31m', 'b').rows.join('')).not.toContain('\u001b');
    expect(rows('  a\n  b\n', 'a  \nb\n\n').rows).toEqual([]);
  });
});
