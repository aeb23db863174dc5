import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../lib/cli/listing/table.ts';

interface Row {
  readonly name: string;
  readonly count: string;
}

const columns = [
  { title: 'NAME', cell: ({ name }: Row) => name },
  { title: 'COUNT', cell: ({ count }: Row) => count, align: 'right' },
] as const;

describe('renderTable', () => {
  it('shows titles alone without rows', () => {
    expect(renderTable({ isTTY: false, columns: 80, color: false }, columns, [])).toBe(
      'NAME  COUNT\n',
    );
  });

  it('leaves a line whole where it goes to no terminal', () => {
    const name = 'x'.repeat(300);
    const surface = { isTTY: false, columns: 20, color: false };
    expect(renderTable(surface, columns, [{ name, count: '1' }])).toContain(`${name}      1\n`);
  });

  it('gives Latin letters, dashes, arrows and lines of boxes the width that a terminal gives them', () => {
    const surface = { isTTY: false, columns: 80, color: false };
    const names = Array.from({ length: 0x2600 - 0x20 }, (_, at) => String.fromCharCode(0x20 + at))
      .filter((character) => character < '\u0300' || character >= '\u2010')
      .filter((character) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u.test(character))
      .map((character) => `a${character}b`);
    const rows = names.map((name) => ({ name, count: '1' }));
    const [, ...lines] = renderTable(surface, columns, rows).trimEnd().split('\n');
    expect(lines).toHaveLength(names.length);
    expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(
      new Set([stringWidth(lines[0] ?? '')]),
    );
  });

  it('cuts a wide character whole', () => {
    const surface = { isTTY: true, columns: 17, color: false };
    const rows = [
      { name: '漢字漢字漢字', count: '1' },
      { name: 'abcdefghijk', count: '22' },
    ];
    expect(renderTable(surface, columns, rows)).toBe(
      'NAME        COUNT\n漢字漢字…       1\nabcdefghi…     22\n',
    );
  });

  it('keeps the end of a path', () => {
    const surface = { isTTY: true, columns: 19, color: false };
    const paths = [{ ...columns[0], cut: 'start' as const }, columns[1]];
    expect(renderTable(surface, paths, [{ name: 'src/cart/漢/index.ts', count: '1' }])).toBe(
      'NAME          COUNT\n…漢/index.ts      1\n',
    );
  });

  it('leaves out the least important columns where there is no room', () => {
    const ranked = [
      { title: 'ID', cell: () => '12345678', isWhole: true },
      { title: 'SIZE', cell: () => '100000', rank: 2 },
      { title: 'AGE', cell: () => '2 h ago', rank: 1 },
      { title: 'PATH', cell: () => '/a/path/of/thirty/characters/x', least: 20 },
    ];
    const titlesAt = (width: number) =>
      renderTable({ isTTY: true, columns: width, color: false }, ranked, [0])
        .split('\n')[0]
        ?.split(/ +/)
        .join(' ');
    expect([60, 47, 46, 39, 38, 30, 10].map(titlesAt)).toEqual([
      'ID SIZE AGE PATH',
      'ID SIZE AGE PATH',
      'ID AGE PATH',
      'ID AGE PATH',
      'ID PATH',
      'ID PATH',
      'ID PATH',
    ]);
  });

  it('leaves out nothing where it goes to no terminal', () => {
    const ranked = [columns[0], { ...columns[1], rank: 1 }];
    const surface = { isTTY: false, columns: 5, color: false };
    expect(renderTable(surface, ranked, [{ name: 'abcdef', count: '1' }])).toContain('COUNT');
  });

  it('paints after it has cut', () => {
    const painted = [{ ...columns[0], paint: () => 'red' as const }, columns[1]];
    const surface = { isTTY: true, columns: 15, color: true };
    expect(renderTable(surface, painted, [{ name: 'abcdefghijk', count: '1' }])).toContain(
      '\u001b[31mabcdefg…\u001b[39m      1\n',
    );
  });

  it('fits a terminal of any sensible width, whatever the rows', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 });
    const row = fc.record({ name: cell, count: cell });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.integer({ min: 5, max: 120 }),
        fc.record({
          least: fc.integer({ min: 1, max: 30 }),
          rank: fc.nat(2),
          isWhole: fc.boolean(),
        }),
        (rows, width, limits) => {
          const limited = [{ ...columns[0], ...limits }, columns[1]];
          const text = renderTable({ isTTY: true, columns: width, color: false }, limited, rows);
          for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(text.split('\n')).toHaveLength(rows.length + 2);
        },
      ),
    );
  });

  it('looks at each cell once, however many rows there are', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => ({
      name: `row ${index}`,
      count: 'é',
    }));
    let looks = 0;
    const counting = columns.map((column) => ({
      ...column,
      cell: (row: (typeof rows)[number]) => {
        looks += 1;
        return column.cell(row);
      },
    }));
    const text = renderTable({ isTTY: false, columns: 80, color: false }, counting, rows);
    expect([looks, text.split('\n').length]).toEqual([
      columns.length * rows.length,
      rows.length + 2,
    ]);
  });
});
