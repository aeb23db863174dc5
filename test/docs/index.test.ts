import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');

it('docs/ has at most 15 pages', () => {
  expect(pages.length).toBeLessThanOrEqual(15);
});

it('docs/README.md says of each page which question it answers', () => {
  const rows = readFileSync('docs/README.md', 'utf8').matchAll(
    /^\| .*\?.*\| \[[^\]]+\]\(([^)]+)\)/gm,
  );
  const told = [...rows].flatMap(([, target = '']) => (target === 'decisions' ? [] : [target]));
  expect(told.toSorted()).toEqual(pages.toSorted());
});
