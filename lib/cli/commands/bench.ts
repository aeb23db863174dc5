import { setTimeout } from 'node:timers/promises';
import { counted } from '../../base/amount-text.ts';
import { TrackerError } from '../../base/errors.ts';
import { span } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { latencySpread } from '../checklist/latency-spread.ts';
import type { LatencySpread } from '../checklist/latency-spread.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { StepLine } from '../output/step-line.ts';
import { latencyVerdict } from '../throwaway/latency-verdict.ts';
import type { LatencyVerdict } from '../throwaway/latency-verdict.ts';
import { ThrowawayHome } from '../throwaway/throwaway-home.ts';
import { startThrowawayServer } from '../throwaway/throwaway-server.ts';

/** `bench`: measures what tracking costs on this machine. */
export const benchCommand = trackerCommand({
  name: 'bench',
  summary: 'Measure what recording one call of Claude takes.',
  examples: ['pattern-tracker bench', 'pattern-tracker bench --ops 1000 --server --json'],
  details: `It has the hook capture calls that write a file, one after the other, and waits until all are in a database, or
with --server until a service has acknowledged them. Both are made for that and removed afterwards: your own data are not
touched, and nothing leaves this machine.

The verdict is on the average, from the first call to the last acknowledgement: below 100 ms an operation is normal, below
500 acceptable, above 1,000 critical. Claude waits only for the hook.`,
  json: `{ops, mode: "local" | "server", total_ms, average_ms, ops_per_second, hook: {min_ms, p50_ms, p95_ms, max_ms},
verdict: "normal" | "acceptable" | "slow" | "critical"}.`,
  exitCodes: '1 when the verdict is critical, or it was interrupted.',
  args: {
    ops: { type: 'string', valueHint: 'n', default: '50', description: 'How many operations' },
    local: { type: 'boolean', description: 'Up to the database (default)' },
    server: { type: 'boolean', description: 'Up to a service on this machine' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    if (args.local && args.server) {
      throw new UsageError('--local and --server exclude each other', 'Give one of them.');
    }
    const ops = parseOps(args.ops);
    const signal = cli.interruption();
    const home = new ThrowawayHome(cli);
    const steps = args.json ? undefined : new StepLine(cli);
    const server = args.server ? await startThrowawayServer(home.folder) : undefined;
    try {
      home.configure(server ? { api: { base_url: server.url } } : {});
      const isDone = () => {
        const { recorded, waiting } = home.progress();
        const hasAll = recorded === home.written;
        return hasAll && (!server || (waiting === 0 && server.received() >= home.written));
      };
      const result = await measure(home, { ops, signal, isDone, steps });
      if (!result) {
        cli.err('Interrupted.\n');
        return 1;
      }
      const mode = server ? 'server' : 'local';
      if (args.json) printJson(cli, forJson(result, ops, mode));
      else cli.out(text(result, ops, mode, cli));
      return result.verdict === 'critical' ? 1 : 0;
    } finally {
      steps?.end();
      await home.remove();
      await server?.close();
    }
  },
});

// --- internal ---

const MAX_OPS = 100_000;
/** How often to look whether all has arrived, in milliseconds. */
const POLL_MS = 10;
/** When nothing at all arrives for this time, something is broken. In milliseconds. */
const STUCK_MS = 60_000;

interface BenchResult {
  readonly totalMs: number;
  readonly averageMs: number;
  readonly hook: LatencySpread;
  readonly verdict: LatencyVerdict;
}

interface MeasureOptions {
  readonly ops: number;
  readonly signal: AbortSignal;
  /** True when the last operation is at the end of its way. */
  readonly isDone: () => boolean;
  readonly steps: StepLine | undefined;
}

/** Undefined when it was interrupted. @throws TrackerError E_BENCH when an operation gets lost or stuck */
async function measure(
  home: ThrowawayHome,
  { ops, signal, isDone, steps }: MeasureOptions,
): Promise<BenchResult | undefined> {
  await write(home); // starts the courier, and is not counted
  if (!(await arrival(home, signal, isDone))) return undefined;
  const times: number[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < ops; n++) {
    if (signal.aborted) return undefined;
    if (n % Math.ceil(ops / 10) === 0) steps?.show(`${n} of ${counted(ops, 'operation')}`);
    times.push(await write(home));
  }
  steps?.show('waiting for the last one');
  if (!(await arrival(home, signal, isDone))) return undefined;
  const totalMs = performance.now() - startedAt;
  const hook = latencySpread(times);
  const averageMs = totalMs / ops;
  return hook && { totalMs, averageMs, hook, verdict: latencyVerdict(averageMs) };
}

/** Has the hook capture one operation; the milliseconds that took. @throws TrackerError E_BENCH */
async function write(home: ThrowawayHome): Promise<number> {
  const { tookMs, exitCode, problem } = await home.write();
  if (exitCode === 0) return tookMs;
  throw new TrackerError('E_BENCH', `the hook failed: ${problem ?? exitCode}`, {
    hint: 'Run `pattern-tracker doctor`.',
  });
}

/** Waits until all has arrived; false when it was interrupted. @throws TrackerError E_BENCH when nothing moves */
async function arrival(
  home: ThrowawayHome,
  signal: AbortSignal,
  isDone: () => boolean,
): Promise<boolean> {
  let last = '';
  let movedAt = performance.now();
  while (!isDone()) {
    if (signal.aborted) return false;
    const now = JSON.stringify(home.progress());
    if (now !== last) movedAt = performance.now();
    last = now;
    if (performance.now() - movedAt > STUCK_MS) {
      throw new TrackerError('E_BENCH', `of ${home.written} operations nothing moves: ${now}`, {
        hint: 'Run `pattern-tracker doctor`.',
      });
    }
    await setTimeout(POLL_MS);
  }
  return true;
}

function parseOps(given: string): number {
  const ops = /^\d+$/.test(given) ? Number(given) : 0;
  if (ops >= 1 && ops <= MAX_OPS) return ops;
  throw new UsageError(`--ops is "${given}"`, `Expected a number, 1 to ${MAX_OPS}.`);
}

function forJson({ totalMs, averageMs, hook, verdict }: BenchResult, ops: number, mode: string) {
  const tenth = (ms: number) => Math.round(ms * 10) / 10;
  const { min, p50, p95, max } = hook;
  return {
    ops,
    mode,
    totalMs: tenth(totalMs),
    averageMs: tenth(averageMs),
    opsPerSecond: tenth(1000 / averageMs),
    hook: { minMs: tenth(min), p50Ms: tenth(p50), p95Ms: tenth(p95), maxMs: tenth(max) },
    verdict,
  };
}

function text(
  { totalMs, averageMs, hook, verdict }: BenchResult,
  ops: number,
  mode: 'local' | 'server',
  cli: CliEnvironment,
): string {
  const paint = painter(cli.color);
  const color = { normal: 'green', acceptable: 'green', slow: 'yellow', critical: 'red' } as const;
  const end = mode === 'server' ? 'acknowledged by a service' : 'in the database';
  const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;
  return [
    `${counted(ops, 'operation')} ${end} in ${span(totalMs)}, ${(1000 / averageMs).toFixed(1)} a second`,
    `Average  ${milliseconds(averageMs)} per operation`,
    `Hook     min ${milliseconds(hook.min)}, p50 ${milliseconds(hook.p50)}, p95 ${milliseconds(hook.p95)}, max ${milliseconds(hook.max)}`,
    `Verdict  ${paint(color[verdict], verdict)}`,
    '',
  ].join('\n');
}
