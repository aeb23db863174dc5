import { TrackerError } from '../../../lib/base/errors.ts';
import type { PairedTimes } from './pairs.ts';
import type { Throwaway } from './throwaway.ts';

/** One measured figure, a line of the report. */
export interface Result {
  readonly what: string;
  /** Our figure, with its unit. */
  readonly ours: string;
  /** The figure that ours is compared with, with its unit; null if there is none. */
  readonly floor: string | null;
  /** What the limit applies to: the ratio, or our figure in the limit's unit. */
  readonly value: number;
  /** Null for a figure that is only reported. */
  readonly limit: Limit | null;
}

/** What a figure must not exceed or must reach. */
export interface Limit {
  readonly kind: 'at most' | 'less than' | 'at least';
  readonly value: number;
  /** `x` for ratios. */
  readonly unit: 'x' | 'MB' | '%' | 'ms';
}

/** What a benchmark gets to run. */
export interface BenchContext {
  readonly throwaway: Throwaway;
  /** The caller's environment, which says where Claude Code is cached. Measured processes get none of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The number of pairs that the caller asked for; undefined leaves it to the benchmark. */
  readonly pairs: number | undefined;
  /** True if Claude Code may be downloaded when it is missing. */
  readonly mayInstall: boolean;
}

/** A benchmark that `npm run bench` can run. */
export interface Benchmark {
  readonly name: string;
  /** True for a benchmark so slow that it runs only when named in full. @default false */
  readonly onlyNamed?: boolean;
  /** Yields each figure as soon as it is measured. @throws BenchmarkError */
  run(context: BenchContext): AsyncGenerator<Result>;
}

/** A benchmark failed, so that its figures mean nothing; the message says how. */
export class BenchmarkError extends TrackerError {
  override readonly name: string = 'BenchmarkError';

  constructor(message: string, code = 'E_BENCHMARK') {
    super(code, message);
  }
}

/** A benchmark is skipped because something that it needs is missing; the message says what. */
export class NotAvailableError extends BenchmarkError {
  override readonly name = 'NotAvailableError';

  constructor(message: string) {
    super(message, 'E_NOT_AVAILABLE');
  }
}

/** The result for times measured in pairs, whose ratio may be at most `most`. */
export function pairedResult(what: string, times: PairedTimes, most: number): Result {
  return {
    what,
    ours: `${times.oursMs.toFixed(2)} ms`,
    floor: `${times.floorMs.toFixed(2)} ms`,
    value: times.ratio,
    limit: { kind: 'at most', value: most, unit: 'x' },
  };
}

/** True if a result keeps its limit, or has none. */
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
