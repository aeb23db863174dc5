import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatted } from '../../scripts/docs/formatted.ts';
import { writtenPages } from '../../scripts/docs/written-pages.ts';

const pages = await writtenPages('.');

describe('the pages that are written', () => {
  it.each(pages)('are up to date in $path; if not, `npm run docs`', (page) => {
    expect(readFileSync(page.path, 'utf8')).toBe(formatted('.', page.path, page.text));
  });
});
