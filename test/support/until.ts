import { setTimeout } from 'node:timers/promises';
import { patience } from './patience.ts';

/** For what never comes; see {@link patience}. */
const LIMIT_MS = 600_000;
const INTERVAL_MS = 20;

/**
 * Waits until a condition holds. For code that runs in tests and outside of them, where `expect.poll` is not there.
 *
 * @param what completes the error: "waited in vain until …"
 * @throws Error when it does not hold in time
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs * patience;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await setTimeout(INTERVAL_MS);
  }
}
