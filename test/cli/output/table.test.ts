import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../lib/cli/output/table.ts';

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
        fc.integer({ min: 20, max: 120 }),
        (rows, width) => {
          const text = renderTable({ isTTY: true, columns: width, color: false }, columns, rows);
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
