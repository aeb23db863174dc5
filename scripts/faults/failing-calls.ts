import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildFailingCall, failingEnv } from '../../test/faults/failing-call.ts';
import type { FailingCall } from '../../test/faults/failing-call.ts';
import { until } from '../../test/support/until.ts';
import type { FaultKind } from './fault-kind.ts';
import { end, FRONTS, hasEnded } from './fault-trial.ts';
import type { FaultTrial } from './fault-trial.ts';

const ERRORS = ['EIO', 'ENOSPC', 'EINTR', 'EMFILE'] as const;
type ErrorName = (typeof ERRORS)[number];

let library: string | null | undefined;

/** Compiled once, when it is first asked for; null where there is no compiler. */
function shim(): string | null {
  if (library === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'failing-call-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    library = buildFailingCall(folder) ?? null;
  }
  return library;
}

const skip = () => (shim() === null ? 'no C compiler for Linux' : undefined);

/** Each call on our files fails once, of the hooks and of the courier, with each error. */
export const FAILING_CALLS: readonly FaultKind[] = [
  ...ERRORS.flatMap((error) =>
    (['sh', 'node'] as const).map((front): FaultKind => ({
      name: `${error} at each call of a hook, front ${front}`,
      times: [6, 60],
      skip,
      run: async (trial, times) => sweepHook(trial, front, error, times),
    })),
  ),
  ...ERRORS.flatMap((error) => [
    {
      name: `${error} at each call of a courier`,
      times: [4, 70] as const,
      skip,
      config: 'courier: { idle_exit_seconds: 0.1 }\n',
      run: async (trial: FaultTrial, times: number) => sweepCourier(trial, error, times, false),
    },
    {
      name: `${error} at each call of a first courier`,
      times: [2, 40] as const,
      skip,
      config: 'courier: { idle_exit_seconds: 0.1 }\n',
      run: async (trial: FaultTrial, times: number) => sweepCourier(trial, error, times, true),
    },
  ]),
];

// --- internal ---

async function sweepHook(
  trial: FaultTrial,
  front: keyof typeof FRONTS,
  error: ErrorName,
  times: number,
): Promise<void> {
  const fault = { path: trial.home.paths.data, error };
  const hook = async (at: number, log?: string) => {
    const env = failingEnv(shim() ?? '', { ...fault, at, ...(log ? { log } : {}) });
    const { number, child, ended } = trial.startHook(FRONTS[front], env);
    child.stdin?.end(trial.payload(number));
    await ended;
  };
  for (let made = 0; made < times;) {
    // Where a courier lives, and where none does: it then does more.
    await trial.home.stop('SIGKILL');
    const log = join(trial.home.folder, `calls-${made}`);
    await hook(1_000_000, log);
    const isAlone = made % 2 === 0;
    if (isAlone) await trial.home.stop('SIGKILL');
    const calls = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').length : 0;
    if (calls === 0) return trial.problem('no call of the hook was seen');
    for (let at = 1; at <= calls && made < times; at++, made++) {
      if (isAlone) await trial.home.stop('SIGKILL');
      await hook(at);
      trial.made();
    }
  }
}

async function sweepCourier(
  trial: FaultTrial,
  error: ErrorName,
  times: number,
  isFirst: boolean,
): Promise<void> {
  const fault = { path: trial.home.paths.data, error };
  const log = join(trial.home.folder, 'calls');
  const prepare = () => {
    if (isFirst) trial.startAfresh();
    trial.spool(3);
  };
  prepare();
  if (!isFirst) await run(trial, { ...fault, at: 1_000_000 }); // the first one makes the database
  if (!isFirst) prepare();
  await run(trial, { ...fault, at: 1_000_000, log });
  const seen = readFileSync(log, 'utf8').trimEnd().split('\n');
  for (const at of sampleSites(seen, times)) {
    prepare();
    await run(trial, { ...fault, at }, seen[at - 1]);
    trial.made();
  }
}

/** A courier takes what waits, and leaves; or gives up its place to another. */
async function run(trial: FaultTrial, fault: FailingCall, site = 'none'): Promise<void> {
  const child = trial.startCourier({ env: failingEnv(shim() ?? '', fault) });
  try {
    await until(
      () => hasEnded(child) || trial.home.waiting.length === 0,
      'it has taken them',
      20_000,
    );
  } catch {
    trial.problem(
      `${trial.home.waiting.length} files wait for 20 s after one failure, about ${site}`,
    );
  }
  await Promise.race([setTimeout(10_000), end(child)]);
  if (child.exitCode !== 0) {
    trial.problem(`the courier ended with ${child.exitCode ?? child.signalCode}, about ${site}`);
    child.kill('SIGKILL');
    await end(child);
  }
  if (trial.home.waiting.length > 0) await trial.settle();
}

/** Numbers of calls, at most so many: of each kind of call on each file the first, the last, then those between. */
function sampleSites(calls: readonly string[], most: number): number[] {
  const sites = new Map<string, number[]>();
  calls.forEach((call, index) => {
    const site = call.replace(/\d{5,}|[0-9a-f]{8}-[0-9a-f-]+/g, 'N'); // one name for all spool files
    sites.set(site, [...(sites.get(site) ?? []), index + 1]);
  });
  const chosen = new Set<number>();
  for (let depth = 0; chosen.size < Math.min(most, calls.length); depth++) {
    for (const numbers of sites.values()) {
      const at = depth === 0 ? 0 : depth === 1 ? numbers.length - 1 : depth - 1;
      const number = numbers[at];
      if (number !== undefined && chosen.size < most) chosen.add(number);
    }
  }
  return [...chosen].toSorted((a, b) => a - b);
}
