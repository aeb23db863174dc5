import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../scripts/rooms/generated-files.ts';
import { readHouse } from '../../../scripts/rooms/source-file.ts';

const files = generatedFiles(
  '.',
  readHouse('.').map(({ path }) => path),
);
const inForm = (path: string, text: string): unknown =>
  path.endsWith('.json') ? JSON.parse(text) : text;

describe('what is generated from the import table', () => {
  it.each(files)('is up to date in $path; if not, `npm run rooms -- --write`', (file) => {
    expect(inForm(file.path, file.present)).toEqual(inForm(file.path, file.wanted));
  });

  it('is in two files', () => {
    expect(files.map(({ path }) => path)).toEqual(['.oxlintrc.json', 'AGENTS.md']);
  });
});
