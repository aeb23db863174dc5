// `npm run test:runbook`: goes through the runbook from top to bottom, in a real installation in which each fault is really
// there, and prints what came of each block. Exit code 1 if one failed, or something was lost. `-- --short` asks and
// measures less often, `-- --only Medium` takes one part, `-- --verbose` shows what was printed.
import { parseArgs } from 'node:util';
import { COMMANDS } from '../lib/cli/command-list.ts';
import { columnsText } from './runbook/columns.ts';
import { placedBlocks } from './runbook/blocks.ts';
import { drill, faultsAtTheEnd } from './runbook/drill.ts';
import type { BlockResult } from './runbook/drill.ts';
import { Installation } from './runbook/installation.ts';
import { SECTIONS } from './runbook/sections.ts';
import { SEED } from './runbook/seed.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const { short: isShort, verbose, only } = values;
const blocks = placedBlocks(SECTIONS, SEED).filter(({ section }) => section.title.includes(only));
const startedAt = performance.now();
const on = await Installation.make();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void on.remove().finally(() => process.exit(130)));
const results: BlockResult[] = [];
try {
  console.log(columnsText(['', '', 'TIME', 'BLOCK', 'FAULT', 'COMMAND']));
  for await (const result of drill(on, { blocks, commands: Object.keys(COMMANDS), isShort })) {
    results.push(result);
    console.log(rowOf(result));
    for (const fault of result.faults) console.log(`    ${fault}`);
    if (verbose || result.result === 'failed') {
      console.log(`${result.block.shell}\n${result.printed}`.replaceAll(/^/gm, '    | '));
    }
  }
  const faults = await faultsAtTheEnd(on);
  const count = (of: BlockResult['result']) => results.filter(({ result }) => result === of).length;
  const { given, recorded } = on.calls;
  console.log(
    `\n${blocks.length} blocks: ${count('passed')} passed, ${count('failed')} failed, ${count('not there yet')} not there yet, in ${seconds(performance.now() - startedAt)}.`,
  );
  console.log(`${given} calls captured, ${recorded} recorded, ${on.served} at the service.`);
  console.log(faults.length === 0 ? 'Healthy at the end, and nothing is lost.' : faults.join('\n'));
  if (count('failed') > 0 || faults.length > 0) process.exitCode = 1;
} finally {
  await on.remove();
}

function rowOf({ number, section, block, result, tookMs }: BlockResult): string {
  const mark = { passed: '✓', failed: '✗', 'not there yet': '-' }[result];
  const commands = block.shell
    .split('\n')
    .filter((line) => /^(?:pattern-tracker|npx|node|df|chmod)\b/.test(line))
    .map((line) => (line.startsWith('node') ? 'PatternTracker' : line));
  const place = [section.title.replace(/:.*| \(.*/, ''), block.step].filter(Boolean).join(': ');
  const change = block.change ? [block.change.file] : [];
  return columnsText([
    `${number}`,
    mark,
    seconds(tookMs),
    place,
    block.fault ?? '-',
    [...change, ...commands].join('; '),
  ]);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
