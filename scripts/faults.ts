// `npm run test:faults`: makes faults of every kind, again and again, and prints what became of the events: one line a kind.
// With `--soak 20m` it runs for so long instead, under load, and prints what grew.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { isSound } from './faults/fault-row.ts';
import { FAULT_KINDS, tryFaults } from './faults/fault-list.ts';
import { renderFaults, renderRow } from './faults/fault-report.ts';
import { durationMs, renderSoak, soak } from './faults/soak.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    kind: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    soak: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!values['no-build'])
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
process.exitCode = values.soak === undefined ? await runFaults() : await runSoak(values.soak);

// --- internal ---

async function runFaults(): Promise<number> {
  const kinds = FAULT_KINDS.filter(({ name }) => name.includes(values.kind));
  const width = Math.max(...kinds.map(({ name }) => name.length));
  const rows = await tryFaults(kinds, {
    isShort: values.short,
    factor: Number(values.times),
    jobs: Number(values.jobs),
    seed: Number(values.seed),
    onRow: (row) => process.stderr.write(`${renderRow(row, width).join('\n')}\n`),
  });
  console.log(`\n${renderFaults(rows)}`);
  return rows.every(isSound) ? 0 : 1;
}

async function runSoak(time: string): Promise<number> {
  const report = await soak(durationMs(time));
  console.log(renderSoak(report));
  return report.problems.length === 0 ? 0 : 1;
}
