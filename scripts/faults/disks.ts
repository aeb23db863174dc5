import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { TrackerError } from '../../lib/base/errors.ts';
import { until } from '../../test/support/until.ts';
import type { FaultKind } from './fault-kind.ts';
import { FRONTS, dataFile } from './fault-trial.ts';
import type { FaultTrial } from './fault-trial.ts';

/** True where a disk of one's own can be mounted. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

const skip = () =>
  isRoot() && process.platform === 'linux' ? undefined : 'needs root: run it under `unshare -rm`';

interface Disk {
  readonly name: string;
  readonly options: string;
  readonly fill: (trial: FaultTrial) => void;
  /** What is the case before the disk is full. @default events have come and are stored */
  readonly isFirst?: boolean;
}

const BYTES = 'size=3m';
const INODES = 'size=30m,nr_inodes=40';

const DISKS: readonly Disk[] = [
  { name: 'no block left', options: BYTES, fill: fillBytes(0) },
  { name: 'no block left, at the first event', options: BYTES, fill: fillBytes(0), isFirst: true },
  {
    name: 'few blocks left: for events, not for the database',
    options: BYTES,
    fill: fillBytes(40_960),
  },
  { name: 'no inode left', options: INODES, fill: fillInodes },
  { name: 'no inode left, at the first event', options: INODES, fill: fillInodes, isFirst: true },
];

/** Disks that are full, or cannot be written. */
export const FULL_DISKS: readonly FaultKind[] = [
  ...DISKS.map((disk): FaultKind => ({
    name: `full disk: ${disk.name}`,
    times: [1, 6],
    skip,
    run: async (trial, times) => {
      mountData(trial, disk.options);
      for (let n = 0; n < times; n++) {
        if (!disk.isFirst) {
          await trial.offer(3);
          await until(() => trial.home.waiting.length === 0, 'they are taken');
        } else if (n > 0) break; // there is one first event only
        disk.fill(trial);
        trial.made();
        await trial.offer(5, FRONTS.sh);
        await trial.offer(5, FRONTS.node);
        await trial.look();
        rmSync(dataFile(trial, 'ballast'), { recursive: true, force: true });
        await trial.offer();
      }
    },
  })),
  {
    name: 'a disk that is read only for a while',
    times: [1, 4],
    config: 'courier: { idle_exit_seconds: 10 }\n',
    skip,
    run: async (trial, times) => {
      mountData(trial, BYTES);
      for (let n = 0; n < times; n++) {
        await trial.offer(2);
        await until(() => trial.home.waiting.length === 0, 'they are taken');
        await trial.home.stop();
        if (!remount(trial, 'ro'))
          throw new TrackerError('E_FAULTS', 'the disk cannot be mounted read only');
        trial.made();
        // Nothing can be written, so nothing can be counted: these are not offered, but the hook must be silent.
        for (const command of [FRONTS.sh, FRONTS.node]) {
          const { number, child, ended } = trial.startHook(command);
          child.stdin?.end(trial.payload(number));
          await ended;
          trial.forget(number);
        }
        await trial.look();
        remount(trial, 'rw');
        await trial.offer();
      }
    },
  },
];

// --- internal ---

function mountData(trial: FaultTrial, options: string): void {
  const { data, spoolNew, spoolTmp, spoolBad } = trial.home.paths;
  mkdirSync(data, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', data]);
  trial.atEnd(() => execFileSync('umount', ['-l', data]));
  for (const folder of [spoolNew, spoolTmp, spoolBad]) mkdirSync(folder, { recursive: true });
}

/** False where it is busy: a file in it is open for writing. */
function remount({ home }: FaultTrial, mode: 'ro' | 'rw'): boolean {
  try {
    execFileSync('mount', ['-o', `remount,${mode}`, home.paths.data], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Fills the disk but for so many bytes. */
function fillBytes(left: number): Disk['fill'] {
  return (trial) => {
    mkdirSync(dataFile(trial, 'ballast'));
    const { bavail, bsize } = statfsSync(trial.home.paths.data);
    const file = openSync(join(dataFile(trial, 'ballast'), 'one'), 'w');
    try {
      const most = left > 0 ? Math.max(0, bavail * bsize - left) : Infinity;
      for (let written = 0; written < most;)
        written += writeSync(file, Buffer.alloc(Math.min(4096, most - written)));
    } catch {
      // It is full.
    } finally {
      closeSync(file);
    }
  };
}

function fillInodes(trial: FaultTrial): void {
  mkdirSync(dataFile(trial, 'ballast'));
  try {
    for (let n = 0; ; n++) writeFileSync(join(dataFile(trial, 'ballast'), String(n)), '');
  } catch {
    // It is full.
  }
}
