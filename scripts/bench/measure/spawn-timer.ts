// Times two commands in turn, in a process of its own, because starting a process costs more the more
// memory its parent holds. Bundled and run as `spawn-timer.cjs JSON`; prints JSON.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { BenchmarkError } from './benchmark.ts';
import type { Command, TimingOrder } from './command-timing.ts';
import type { Pair } from './pairs.ts';

const { ours, floor, pairs } = JSON.parse(process.argv[2] ?? '') as TimingOrder;

time(floor); // not counted: the first process that Node.js starts takes longer
const times: Pair[] = [];
for (let pair = 0; pair < pairs; pair += 1) times.push(timePair(pair));
process.stdout.write(JSON.stringify(times));

// --- internal ---

/** Every second pair runs in reverse order, because running first can cost time. */
function timePair(pair: number): Pair {
  if (pair % 2 === 0) return { ours: time(ours), floor: time(floor) };
  const floorFirst = time(floor);
  return { ours: time(ours), floor: floorFirst };
}

/** Runs a command and returns the milliseconds from its start to its end. */
function time({ program, args, input, bySocket = false, env, cwd }: Command): number {
  const stdin = bySocket ? undefined : openSync(input, 'r');
  const text = bySocket ? readFileSync(input) : undefined;
  const start = performance.now();
  const { status } = spawnSync(program, args, {
    env,
    cwd,
    stdio: [stdin ?? 'pipe', 'ignore', 'ignore'],
    ...(text && { input: text }),
  });
  const took = performance.now() - start;
  if (stdin !== undefined) closeSync(stdin);
  if (status !== 0) throw new BenchmarkError(`${program} ${args.join(' ')} ended with ${status}`);
  return took;
}
