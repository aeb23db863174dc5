import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { until } from '../../test/support/until.ts';
import type { FaultKind } from './fault-kind.ts';
import { FRONTS } from './fault-trial.ts';
import type { FaultTrial } from './fault-trial.ts';

const LONG = 'courier: { idle_exit_seconds: 30 }\n';

interface Damage {
  readonly name: string;
  readonly damage: (trial: FaultTrial) => void | Promise<void>;
  /** What a person would do; most needs nobody. */
  readonly mend?: (trial: FaultTrial) => void;
  /** What `status` must say meanwhile. */
  readonly says?: RegExp;
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'spool/new is removed',
    damage: ({ home }) => rmSync(home.paths.spoolNew, { recursive: true }),
  },
  { name: 'spool is removed', damage: ({ home }) => rmSync(home.paths.spool, { recursive: true }) },
  {
    name: 'drops is a folder',
    damage: ({ home }) => become(home.paths.drops, 'folder'),
    mend: ({ home }) => rmSync(home.paths.drops, { recursive: true }),
  },
  {
    name: 'the log folder is a file',
    damage: ({ home }) => become(home.paths.logs, 'file'),
    mend: ({ home }) => rmSync(home.paths.logs),
  },
  {
    name: 'spool/bad leads nowhere',
    damage: ({ home }) => {
      rmSync(home.paths.spoolBad, { recursive: true, force: true });
      symlinkSync('/nowhere/at/all', home.paths.spoolBad);
    },
    mend: ({ home }) => rmSync(home.paths.spoolBad),
  },
  {
    name: 'the configuration is broken',
    damage: ({ home }) => home.configure('courier: { idle_exit_seconds: [\n'),
    mend: ({ home }) => home.configure(LONG),
  },
  {
    name: 'courier.lock is damaged',
    damage: ({ home }) => writeFileSync(home.paths.courierLock, 'not a database at all'.repeat(50)),
  },
  {
    name: 'courier-work.json and glance.json are folders',
    damage: ({ home }) => {
      become(home.paths.courierWork, 'folder');
      become(home.paths.glance, 'folder');
    },
    mend: ({ home }) => {
      rmSync(home.paths.courierWork, { recursive: true });
      rmSync(home.paths.glance, { recursive: true });
    },
  },
  {
    name: 'Node.js is gone',
    damage: (trial) => {
      link(trial, '/nowhere/node');
    },
    mend: (trial) => link(trial, process.execPath),
  },
  {
    name: 'the WAL is removed',
    damage: async ({ home }) => {
      await checkpoint(home.paths.database);
      rmSync(`${home.paths.database}-wal`, { force: true });
      rmSync(`${home.paths.database}-shm`, { force: true });
    },
  },
  {
    name: 'tracker.db is cut, and put back',
    damage: async ({ home }) => {
      await checkpoint(home.paths.database);
      copyFileSync(home.paths.database, `${home.paths.database}.good`);
      truncateSync(home.paths.database, 8192);
    },
    mend: ({ home }) => {
      const good = `${home.paths.database}.good`;
      copyFileSync(good, home.paths.database);
      rmSync(good);
    },
    says: /^degraded/,
  },
  {
    name: 'tracker.db is moved away, and back',
    damage: async ({ home }) => {
      await checkpoint(home.paths.database);
      renameSync(home.paths.database, `${home.paths.database}.away`);
    },
    mend: ({ home }) => {
      for (const suffix of ['', '-wal', '-shm'])
        rmSync(home.paths.database + suffix, { force: true });
      renameSync(`${home.paths.database}.away`, home.paths.database);
    },
  },
];

/** What somebody else does to our files, under a courier that lives. */
export const DAMAGES_UNDER_A_COURIER: readonly FaultKind[] = DAMAGES.map(
  ({ name, damage, mend, says }): FaultKind => ({
    name,
    times: [1, 4],
    config: LONG,
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        await trial.offer(3);
        await until(
          () => trial.home.waiting.length === 0 && existsSync(trial.home.paths.database),
          'they are taken',
        );
        await until(() => (trial.home.courierState?.status ?? '') === 'idle', 'it is idle', 20_000);
        if (n % 2 === 1) await trial.home.stop('SIGKILL'); // under none
        await damage(trial);
        trial.made();
        // What comes while the database is another one is lost with that: it is not offered then.
        if (name !== 'tracker.db is moved away, and back') {
          await trial.offer(2, FRONTS.sh);
          await trial.offer(1, FRONTS.node);
        }
        await setTimeout(300);
        if (says) await trial.says(says);
        else await trial.look();
        mend?.(trial);
        await trial.offer();
      }
    },
  }),
);

// --- internal ---

function become(path: string, kind: 'file' | 'folder'): void {
  rmSync(path, { recursive: true, force: true });
  if (kind === 'folder') mkdirSync(path);
  else writeFileSync(path, '');
}

function link({ home }: FaultTrial, to: string): void {
  const path = join(home.paths.home, 'node');
  rmSync(path, { force: true });
  symlinkSync(to, path);
}

/** Brings the WAL into the file, so that this alone has everything; waits for who reads or does the same. */
async function checkpoint(path: string): Promise<void> {
  const database = new Sqlite(path);
  await until(
    () => database.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0,
    'the WAL is empty',
  );
  database.close();
}
