import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { until } from '../../test/support/until.ts';
import { isRoot } from './disks.ts';
import type { FaultKind } from './fault-kind.ts';
import { FRONTS, dataFile, end } from './fault-trial.ts';
import type { FaultTrial } from './fault-trial.ts';

const LONG = 'courier: { idle_exit_seconds: 30 }\n';
const noUnshare = () =>
  spawnSync('unshare', ['-p', '-f', '--mount-proc', 'true']).status === 0
    ? undefined
    : 'needs root, for unshare';

/** Processes that are not who they seem, or get no further, and locks that others hold. */
export const IDENTITIES: readonly FaultKind[] = [
  {
    name: 'the hint names a stranger',
    times: [2, 20],
    run: async (trial, times) => {
      const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
      trial.atEnd(() => void stranger.kill('SIGKILL'));
      for (let n = 0; n < times; n++) {
        await trial.offer();
        await trial.home.stop('SIGKILL');
        await until(() => trial.couriers().length === 0, 'none is left');
        const [, place = ''] = readFileSync(trial.home.paths.courierHint, 'utf8').split('\n');
        const texts = [
          `${stranger.pid} 1\n${place}\n`,
          `${stranger.pid}\n`,
          `${stranger.pid} 1\nanother-boot:1\n`,
          '',
          'x'.repeat(5000),
          '0 0\n',
        ];
        writeFileSync(trial.home.paths.courierHint, texts[n % texts.length] ?? '');
        trial.made();
        await trial.offer(1, n % 2 ? FRONTS.node : FRONTS.sh);
        await until(() => trial.home.waiting.length === 0, 'it is taken', 20_000);
      }
    },
  },
  {
    name: 'FIFOs in the place of files',
    times: [2, 10],
    skip: () => (spawnSync('mkfifo', ['--version']).status === 0 ? undefined : 'no mkfifo'),
    run: async (trial, times) => {
      const names = ['courier.pid', 'courier.hint', 'drops', 'glance.json', 'courier.json'];
      for (let n = 0; n < times; n++) {
        await trial.offer();
        await trial.home.stop('SIGKILL');
        const path = dataFile(trial, names[n % names.length] ?? '');
        rmSync(path, { force: true });
        execFileSync('mkfifo', [path]);
        trial.made();
        await trial.offer(1, FRONTS.sh);
        await trial.offer(1, FRONTS.node);
      }
    },
  },
  {
    name: 'hooks in another container, one folder',
    times: [1, 8],
    config: LONG,
    skip: noUnshare,
    run: async (trial, times) => {
      await trial.offer();
      for (let n = 0; n < times; n++) {
        await trial.offer(3, ['unshare', '-p', '-f', '--mount-proc', resolve('hooks/capture.sh')]);
        trial.made();
        if (trial.couriers().length > 2)
          trial.problem(`${trial.couriers().length} couriers at once`);
      }
    },
  },
  {
    name: 'SIGSTOP of the courier',
    times: [1, 6],
    config: LONG,
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        await trial.offer();
        // Before that, the process is the shell that will become the courier.
        const pid = await trial.courierAtWork();
        process.kill(pid, 'SIGSTOP');
        trial.made();
        await trial.offer(4);
        await trial.says(/^stalled: it is suspended/);
        process.kill(pid, 'SIGCONT');
        await until(() => trial.home.waiting.length === 0, 'it goes on');
      }
    },
  },
  {
    name: 'SIGSTOP of a hook in the middle of its event',
    times: [1, 4],
    config: 'courier: { idle_exit_seconds: 1 }\nspool: { partial_seconds: 60 }\n',
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        const { number, child, ended } = trial.startHook();
        const text = trial.payload(number);
        child.stdin?.write(text.slice(0, 50));
        await setTimeout(100);
        process.kill(-(child.pid ?? Number.NaN), 'SIGSTOP');
        trial.made();
        await trial.offer(4);
        await until(() => trial.home.waiting.length <= 1, 'the others are taken');
        process.kill(-(child.pid ?? Number.NaN), 'SIGCONT');
        child.stdin?.end(text.slice(50));
        await ended;
      }
    },
  },
  {
    name: 'a courier that gets a twentieth of the time',
    times: [1, 3],
    config: LONG,
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        trial.spool(150);
        const child = trial.startCourier();
        trial.made();
        for (let turn = 0; turn < 15 && child.exitCode === null; turn++) {
          child.kill('SIGCONT');
          await setTimeout(10);
          child.kill('SIGSTOP');
          if (turn === 10) await trial.look();
          await setTimeout(190);
        }
        child.kill('SIGCONT');
        await until(() => trial.home.waiting.length === 0, 'it is through');
        child.kill('SIGTERM');
        await end(child);
      }
    },
  },
  {
    name: 'tracker.db locked for longer than the idle exit',
    times: [1, 4],
    run: async (trial, times) => {
      await trial.offer();
      await until(() => trial.home.waiting.length === 0, 'it is taken');
      for (let n = 0; n < times; n++) {
        await locked(trial, trial.home.paths.database, async () => {
          await trial.offer(3);
          await setTimeout(4_000);
          await trial.says(/^degraded: .*locked/);
        });
      }
    },
  },
  {
    name: 'courier.lock held by somebody who does nothing',
    times: [1, 3],
    run: async (trial, times) => {
      await trial.offer();
      await until(
        () => trial.home.waiting.length === 0 && trial.couriers().length === 0,
        'it is taken',
      );
      for (let n = 0; n < times; n++) {
        await locked(trial, trial.home.paths.courierLock, async () => {
          await trial.offer(3);
          await setTimeout(5_000);
          await trial.look();
        });
      }
    },
  },
  {
    name: 'a reader that never ends its transaction',
    times: [1, 3],
    run: async (trial, times) => {
      await trial.offer();
      await until(() => trial.home.waiting.length === 0, 'it is taken');
      for (let n = 0; n < times; n++) {
        const reader = new Sqlite(trial.home.paths.database, { readonly: true });
        reader.exec('BEGIN');
        reader.prepare('SELECT count(*) FROM events').get();
        trial.made();
        for (let more = 0; more < 5; more++) await trial.offer(2);
        await trial.look();
        reader.close();
      }
    },
  },
  {
    name: 'a courier with few descriptors',
    times: [1, 6],
    config: LONG,
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        trial.spool(20);
        const child = trial.startCourier({
          wrapper: ['/bin/sh', '-c', `ulimit -n ${20 + 2 * (n % 6)}; exec "$@"`, 'sh'],
        });
        trial.made();
        await Promise.race([setTimeout(4_000), end(child)]);
        child.kill('SIGTERM');
        await end(child);
      }
    },
  },
  {
    name: 'the events belong to another user',
    times: [1, 3],
    skip: () => (isRoot() ? undefined : 'needs root'),
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        await trial.offer(2);
        trial.spool(3);
        for (const name of trial.home.waiting)
          execFileSync('chown', ['65534', `${trial.home.paths.spoolNew}/${name}`]);
        trial.made();
        await trial.offer();
      }
    },
  },
];

// --- internal ---

async function locked(trial: FaultTrial, path: string, action: () => Promise<void>): Promise<void> {
  const other = new Sqlite(path);
  other.exec('BEGIN EXCLUSIVE');
  trial.made();
  try {
    await action();
  } finally {
    other.exec('ROLLBACK');
    other.close();
  }
}
