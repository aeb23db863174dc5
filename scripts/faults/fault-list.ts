import { CLOCKS } from './clocks.ts';
import { DAMAGES_UNDER_A_COURIER } from './damages.ts';
import { FULL_DISKS } from './disks.ts';
import { FAILING_CALLS } from './failing-calls.ts';
import type { FaultKind } from './fault-kind.ts';
import type { FaultRow } from './fault-row.ts';
import { FaultTrial } from './fault-trial.ts';
import { IDENTITIES } from './identities.ts';
import { KILLED_COMMANDS } from './kills/killed-commands.ts';
import { KILLED_DELIVERIES } from './kills/killed-deliveries.ts';
import { KILLED_RECORDERS } from './kills/killed-recorders.ts';

/** Every kind of fault that is tried. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...KILLED_RECORDERS,
  ...KILLED_DELIVERIES,
  ...KILLED_COMMANDS,
  ...FAILING_CALLS,
  ...FULL_DISKS,
  ...IDENTITIES,
  ...CLOCKS,
  ...DAMAGES_UNDER_A_COURIER,
];

/** How much of it. */
export interface FaultOptions {
  readonly isShort: boolean;
  /** A factor to the number of times. */
  readonly factor: number;
  /** How many kinds are tried at once. */
  readonly jobs: number;
  readonly seed: number;
  readonly onRow?: (row: FaultRow) => void;
}

/** Tries kinds of faults; their rows, in the order of the kinds. */
export async function tryFaults(
  kinds: readonly FaultKind[],
  { isShort, factor, jobs, seed, onRow }: FaultOptions,
): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  const left = [...kinds.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, kind] = next;
      const times = Math.max(1, Math.round(kind.times[isShort ? 0 : 1] * factor));
      const row = await tryFault(kind, times, seed + 7_919 * index);
      rows[index] = row;
      onRow?.(row);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return rows;
}

// --- internal ---

async function tryFault(kind: FaultKind, times: number, seed: number): Promise<FaultRow> {
  const why = kind.skip?.();
  if (why !== undefined) return skipped(kind, why);
  const trial = new FaultTrial(kind, seed);
  try {
    try {
      await kind.run(trial, times);
    } catch (error) {
      trial.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return await trial.conclude(kind.name);
  } finally {
    await trial.remove();
  }
}

function skipped({ name }: FaultKind, why: string): FaultRow {
  const nothing = {
    offered: 0,
    lost: 0,
    stated: 0,
    doubled: 0,
    slowestMs: 0,
    said: '',
    healed: '',
  };
  return { name, times: why, ...nothing, problems: [] };
}
