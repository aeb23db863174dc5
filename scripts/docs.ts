// `npm run docs`: writes the pages of docs/ that come from what they describe.
import { writeFileSync } from 'node:fs';
import { formatted } from './docs/formatted.ts';
import { writtenPages } from './docs/written-pages.ts';

for (const { path, text } of await writtenPages('.')) {
  writeFileSync(path, formatted('.', path, text));
  console.log(path);
}
