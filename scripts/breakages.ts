// `npm run test:breakages`: breaks an installation in six ways that docs/RUNBOOK.md does not drill, types what the page says,
// and prints what was typed, how long it took, and what is wrong in spite of it. `-- --only port` takes one.
import { parseArgs } from 'node:util';
import { BREAKAGES } from './runbook/breakages.ts';
import { mend } from './runbook/mending.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false } },
});
for (const breakage of BREAKAGES.filter(({ name }) => name.includes(values.only))) {
  const { runs, faults } = await mend(breakage);
  const seconds = runs.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;
  console.log(`${faults.length === 0 ? '✓' : '✗'} ${breakage.name}: ${seconds.toFixed(1)} s`);
  for (const { typed, exitCode, tookMs, printed } of runs) {
    console.log(`    ${typed}  (exit code ${exitCode}, ${(tookMs / 1000).toFixed(1)} s)`);
    if (values.verbose || faults.length > 0) console.log(printed.replaceAll(/^/gm, '    | '));
  }
  for (const fault of faults) console.log(`    ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
