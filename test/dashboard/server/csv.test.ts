import { expect, it } from 'vitest';
import { csvText } from '../../../lib/dashboard/server/csv.ts';

it('writes rows as RFC 4180 has them, and no formula', () => {
  const rows = [
    { a: 1, b: 'plain', c: null },
    { a: -2, b: '=HYPERLINK("x")', c: true },
    { a: 3, b: 'two\nlines, "quoted"' },
  ];
  expect(csvText(rows)).toBe(
    'a,b,c\r\n1,plain,\r\n-2,"\'=HYPERLINK(""x"")",true\r\n3,"two\nlines, ""quoted""",\r\n',
  );
});

it('writes nothing but an empty line for no rows', () => {
  expect(csvText([])).toBe('\r\n');
});
