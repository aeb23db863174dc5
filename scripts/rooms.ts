// `npm run rooms`: prints rooms, lines, arrows and cycles, and fails if a rule is broken. With
// `--write` it first writes what is generated from the import table, in .oxlintrc.json and AGENTS.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generatedFiles } from './rooms/generated-files.ts';
import { describeHouse } from './rooms/house-text.ts';
import { houseOf } from './rooms/house.ts';
import { readHouse } from './rooms/source-file.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const sources = readHouse('.');
if (values.write) {
  const files = generatedFiles(
    '.',
    sources.map(({ path }) => path),
  );
  for (const { path, wanted } of files) writeFileSync(path, wanted);
  const formatter = join('node_modules', 'oxfmt', 'bin', 'oxfmt');
  execFileSync(process.execPath, [formatter, ...files.map(({ path }) => path)]);
}
const house = houseOf(sources);
console.log(describeHouse(house));
if (house.faults.length > 0) process.exitCode = 1;
