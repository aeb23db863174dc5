// `npm run supply-chain`: the licences of what is shipped, and the weaknesses that the registry knows of in it.
// Needs a build. Fails only for a grave weakness in what is shipped; a registry that does not answer is no fault.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { licenceList, shippedNames } from './supply-chain/materials.ts';
import type { Materials } from './supply-chain/materials.ts';
import { readAudit, weaknessText } from './supply-chain/weaknesses.ts';

/** How long the registry may take to answer, in milliseconds. */
const ANSWER_MS = 20_000;

const materials = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8')) as Materials;
console.log(licenceList(materials).join('\n'));

const args = ['audit', '--json', '--fetch-retries=0', `--fetch-timeout=${ANSWER_MS}`];
const { stdout } = spawnSync('npm', args, { encoding: 'utf8', timeout: 3 * ANSWER_MS });
const audit = readAudit(stdout, shippedNames(materials));
if (audit.kind === 'silent') {
  console.log(`weaknesses: not known, the registry does not say: ${audit.why}`);
} else {
  console.log(`weaknesses: ${audit.weaknesses.length}`);
  for (const weakness of audit.weaknesses) console.log(`  ${weaknessText(weakness)}`);
  if (audit.weaknesses.some(({ isShipped, isGrave }) => isShipped && isGrave)) process.exitCode = 1;
}
