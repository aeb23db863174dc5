import { setTimeout } from 'node:timers/promises';
import { until } from '../../../test/support/until.ts';
import type { FaultKind } from '../fault-kind.ts';
import { end, FRONTS } from '../fault-trial.ts';
import type { FaultTrial } from '../fault-trial.ts';

const QUICK = 'courier: { idle_exit_seconds: 1 }\nspool: { partial_seconds: 1 }\n';

/** Kills of the processes between Claude Code and tracker.db. */
export const KILLED_RECORDERS: readonly FaultKind[] = [
  ...(['sh', 'node'] as const).map((front): FaultKind => ({
    name: `kill -9 of a hook, front ${front}`,
    times: [12, 150],
    config: QUICK,
    run: async (trial, times) => {
      for (let n = 0; n < times; n++)
        await killHook(trial, FRONTS[front], front === 'sh' ? 40 : 150);
    },
  })),
  {
    name: 'kill -9 of a courier at work',
    times: [6, 200],
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        trial.spool(8);
        const child = trial.startCourier();
        await until(
          () => trial.home.courierPid !== undefined || child.exitCode !== null,
          'it works',
          5_000,
        );
        await trial.killWithin(child, 120);
        if (n % 20 === 0) await trial.look();
        if (n % 4 === 3) await trial.offer();
      }
    },
  },
  {
    name: 'kill -9 of a courier that starts',
    times: [6, 100],
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        if (n % 5 === 0) trial.spool(3);
        await trial.killWithin(trial.startCourier(), 250);
      }
    },
  },
  {
    name: 'SIGTERM to a courier at any moment',
    times: [4, 60],
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        trial.spool(8);
        await trial.killWithin(trial.startCourier(), 500, 'SIGTERM');
      }
    },
  },
  {
    name: 'kill -9 of a courier in a backlog, with its thread',
    times: [2, 20],
    run: async (trial, times) => {
      trial.spool(2_500);
      for (let n = 0; n < times; n++) {
        if (trial.home.waiting.length < 1_100) trial.spool(1_500);
        const child = trial.startCourier();
        await until(
          () => trial.home.courierPid !== undefined || child.exitCode !== null,
          'it works',
          5_000,
        );
        await trial.killWithin(child, 900);
      }
    },
  },
  {
    name: 'kill -9 of both, while many hooks run',
    times: [1, 12],
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        const hooks = Promise.all(
          Array.from({ length: 6 }, async (_, at) =>
            trial.offer(5, at % 3 === 0 ? FRONTS.node : FRONTS.sh),
          ),
        );
        let isOver = false;
        void hooks.then(() => (isOver = true));
        while (!isOver) {
          await setTimeout(trial.random.between(20, 150));
          const [pid] = trial.couriers();
          if (pid === undefined) continue;
          try {
            process.kill(pid, 'SIGKILL');
            trial.made();
          } catch {
            // It has left by itself.
          }
        }
        await hooks;
      }
    },
  },
];

/** Writes half of the event, waits, writes the rest; somewhere on the way it is killed. */
async function killHook(
  trial: FaultTrial,
  command: readonly string[],
  withinMs: number,
): Promise<void> {
  const { number, child, ended } = trial.startHook(command);
  const text = trial.payload(number);
  const half = trial.random.between(0, text.length);
  const isSlow = trial.random.between(0, 1) === 1;
  if (isSlow) child.stdin?.write(text.slice(0, half));
  else child.stdin?.end(text);
  await setTimeout(trial.random.between(0, withinMs));
  if (child.pid !== undefined && child.exitCode === null) {
    try {
      process.kill(-child.pid, 'SIGKILL'); // `cat`, too
      trial.made();
    } catch {
      // It has ended.
    }
  }
  if (isSlow) child.stdin?.end(text.slice(half));
  await ended;
  await end(child);
}
