import autocannon from 'autocannon';
import type { Instance, Result as Load } from 'autocannon';
import { BenchmarkError } from '../measure/benchmark.ts';

const TRACK = '/api/pattern-traceability/lineage/track';

/** Posts every body once, over `connections` connections with one request at a time each. */
export async function post(
  url: string,
  path: '' | '/batch',
  bodies: readonly string[],
  connections: number,
): Promise<Load & { readonly tookMs: number }> {
  let next = 0;
  let lastAt = 0;
  const startedAt = performance.now();
  // The types name one or the other; without a callback, autocannon returns both in one object.
  const running = autocannon({
    url,
    connections,
    amount: bodies.length,
    timeout: 60,
    requests: [
      {
        method: 'POST',
        path: TRACK + path,
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: bodies[next++ % bodies.length] ?? '' }),
      },
    ],
  }) as unknown as Instance & Promise<Load>;
  // autocannon checks only once a second whether it is done, so the last response is timed here.
  void running.on('response', () => (lastAt = performance.now()));
  const load = await running;
  const { errors, timeouts, non2xx } = load;
  if (errors + timeouts + non2xx > 0) {
    throw new BenchmarkError(
      `of the requests ${errors} failed, ${timeouts} took too long, ${non2xx} were refused`,
    );
  }
  return { ...load, tookMs: lastAt - startedAt };
}
