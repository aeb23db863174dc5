import { TrackerError } from '../../lib/base/errors.ts';
import type { PairedTimes } from './pairs.ts';
import type { Throwaway } from './throwaway.ts';

/** One line of the table. */
export interface Result {
  readonly what: string;
  /** Ours and what it is compared with, with their units; null where there is nothing to compare. */
  readonly ours: string;
  readonly floor: string | null;
  /** Compared with the limit: a ratio, or ours alone in the limit's unit. */
  readonly value: number;
  /** Null where a figure is only reported. */
  readonly limit: Limit | null;
}

export interface Limit {
  readonly kind: 'at most' | 'less than' | 'at least';
  readonly value: number;
  /** `x` for ratios. */
  readonly unit: 'x' | 'MB' | '%' | 'ms';
}

export interface BenchContext {
  readonly throwaway: Throwaway;
  /** The caller's environment, which says where Claude Code is cached; measured processes get none of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many pairs are asked for; undefined leaves it to the benchmark. */
  readonly pairs: number | undefined;
  /** May what is missing be fetched over the network? */
  readonly mayInstall: boolean;
}

export interface Benchmark {
  readonly name: string;
  /** Takes so long that it only runs when it is asked for. @default false */
  readonly onlyNamed?: boolean;
  /** Yields each line as soon as it is known. @throws BenchmarkError */
  run(context: BenchContext): AsyncGenerator<Result>;
}

/** A benchmark went wrong, so that it says nothing; the message says how. Code `E_BENCHMARK`. */
export class BenchmarkError extends TrackerError {
  override readonly name: string = 'BenchmarkError';

  constructor(message: string, code = 'E_BENCHMARK') {
    super(code, message);
  }
}

/** A benchmark needs what is not here, and is left out; the message says what. Code `E_NOT_AVAILABLE`. */
export class NotAvailableError extends BenchmarkError {
  override readonly name = 'NotAvailableError';

  constructor(message: string) {
    super(message, 'E_NOT_AVAILABLE');
  }
}

/** The line for times measured in pairs, of which the ratio may be `most`. */
export function pairedResult(what: string, times: PairedTimes, most: number): Result {
  return {
    what,
    ours: `${times.oursMs.toFixed(2)} ms`,
    floor: `${times.floorMs.toFixed(2)} ms`,
    value: times.ratio,
    limit: { kind: 'at most', value: most, unit: 'x' },
  };
}

export function isReached({ value, limit }: Result): boolean {
  if (limit === null) return true;
  switch (limit.kind) {
    case 'at most':
      return value <= limit.value;
    case 'less than':
      return value < limit.value;
    case 'at least':
      return value >= limit.value;
  }
}
