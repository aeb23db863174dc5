// `npm run bench`: builds, measures the costs that the project promises to keep, and prints them as ratios.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { BenchmarkError, isReached, NotAvailableError } from './bench/measure/benchmark.ts';
import type { BenchContext, Benchmark } from './bench/measure/benchmark.ts';
import { captureBacklog, captureNode, captureSh } from './bench/capture/capture.ts';
import { captureOutage } from './bench/capture/capture-outage.ts';
import { claudeAdded } from './bench/capture/claude-added.ts';
import { claudeOutage } from './bench/capture/claude-outage.ts';
import { cliStart } from './bench/command-line/cli-start.ts';
import { lists } from './bench/command-line/lists.ts';
import { statistics } from './bench/command-line/statistics.ts';
import { courierIdle } from './bench/courier/courier-idle.ts';
import { courierIngest } from './bench/courier/courier-ingest.ts';
import { courierMemory } from './bench/courier/courier-memory.ts';
import { dashboard } from './bench/dashboard/dashboard.ts';
import { delivery } from './bench/delivery/delivery.ts';
import { redactHostile } from './bench/courier/redact-hostile.ts';
import { redactShare } from './bench/courier/redact-share.ts';
import { serviceIngest } from './bench/service/service-ingest.ts';
import { serviceScale } from './bench/service/service-scale.ts';
import { transcriptImport } from './bench/transcripts/transcript-import.ts';
import { machine, renderReport, reportJson } from './bench/measure/report.ts';
import type { Line } from './bench/measure/report.ts';
import { context } from './bench/command-line/context.ts';
import { statusline } from './bench/command-line/statusline.ts';
import { Throwaway } from './bench/measure/throwaway.ts';

const BENCHMARKS: readonly Benchmark[] = [
  captureSh,
  captureNode,
  captureBacklog,
  captureOutage,
  claudeAdded,
  claudeOutage,
  courierIngest,
  courierMemory,
  courierIdle,
  transcriptImport,
  delivery,
  redactHostile,
  redactShare,
  serviceIngest,
  serviceScale,
  cliStart,
  lists,
  statistics,
  context,
  statusline,
  dashboard,
];

const USAGE = `Usage: npm run bench -- [options]

  --only NAME   run only benchmarks whose name contains NAME: ${BENCHMARKS.map(({ name }) => name).join(', ')}
  --pairs N     take each median over N pairs
  --claude      install Claude Code into its cache if it is missing
  --check       exit with 1 if a limit is not met
  --json        print JSON
  --help        show this
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    pairs: { type: 'string' },
    claude: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = BENCHMARKS.filter(({ name, onlyNamed }) =>
  onlyNamed ? values.only === name : name.includes(values.only),
);
const pairs = values.pairs === undefined ? undefined : Number(values.pairs);

if (values.help) {
  process.stdout.write(USAGE);
} else if (
  chosen.length === 0 ||
  (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0))
) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  await main();
}

// --- internal ---

async function main(): Promise<void> {
  progress('building');
  execFileSync('npm', ['run', '-s', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const throwaway = new Throwaway();
  const interrupted = () => {
    throwaway.remove();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const lines: Line[] = [];
  try {
    const context = { throwaway, env: process.env, pairs, mayInstall: values.claude };
    for (const benchmark of chosen) {
      for await (const line of linesOf(benchmark, context)) lines.push(line);
    }
  } finally {
    progress('');
    throwaway.remove();
  }
  const { stdout } = process;
  if (values.json) stdout.write(reportJson(lines, new Date()));
  else {
    const color = stdout.isTTY && !process.env['NO_COLOR'];
    stdout.write(`${machine()}\n\n${renderReport(lines, color)}`);
  }
  const isMissed = lines.some((line) => line.kind === 'result' && !isReached(line.result));
  const isFailed = lines.some(({ kind }) => kind === 'failed');
  if (isFailed || (values.check && isMissed)) process.exitCode = 1;
}

async function* linesOf(benchmark: Benchmark, context: BenchContext): AsyncGenerator<Line> {
  const { name } = benchmark;
  progress(name);
  try {
    for await (const result of benchmark.run(context)) {
      yield { name, kind: 'result', result };
      progress(`${name}: measured ${result.what}`);
    }
  } catch (error) {
    if (!(error instanceof BenchmarkError)) throw error;
    const kind = error instanceof NotAvailableError ? 'not-run' : 'failed';
    yield { name, kind, reason: error.message };
  }
}

/** Shows one line on a terminal, which the next one overwrites. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
