/** Milliseconds by a clock that nobody sets, from any zero. */
export type Elapsed = () => number;

/** The time since this process began, which goes on evenly however the machine's clock is set. */
export const processElapsed: Elapsed = () => performance.now();

/**
 * A moment to wait for. It is measured by a clock that nobody sets: by the machine's own, a deadline would move away for
 * as long as the clock was wrong. While the machine sleeps, it stands still.
 */
export class Deadline {
  readonly #at: number;
  readonly #elapsed: Elapsed;

  private constructor(at: number, elapsed: Elapsed) {
    this.#at = at;
    this.#elapsed = elapsed;
  }

  /** One that is over in `ms` milliseconds. */
  static in(ms: number, elapsed: Elapsed = processElapsed): Deadline {
    return new Deadline(elapsed() + ms, elapsed);
  }

  /** One that is over. */
  static past(): Deadline {
    return new Deadline(-Infinity, processElapsed);
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  /** Milliseconds that are left; 0 when it is over. */
  get leftMs(): number {
    return Math.max(0, this.#at - this.#elapsed());
  }
}

/**
 * Settles as `promise` does, or rejects once `ms` milliseconds have passed. The work behind `promise` is
 * not stopped.
 *
 * @param late makes the error of that rejection
 */
export async function withinDeadline<T>(
  promise: PromiseLike<T>,
  ms: number,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
