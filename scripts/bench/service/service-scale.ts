import { join } from 'node:path';
import { startPostgres } from '../../../test/support/postgres-server.ts';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Benchmark, BenchContext, Result } from '../measure/benchmark.ts';
import { fillPostgres } from './fill-postgres.ts';
import { fillSqlite } from './fill-sqlite.ts';
import { Random } from '../measure/random.ts';
import { ServiceProcess } from './service-process.ts';

/** Patterns of the small and of the large database; each occurs about five times. */
const SMALL = 100_000;
const LARGE = 1_000_000;
/** Timed requests of each kind, one after the other. */
const REQUESTS = 1_000;
/** Untimed requests before them, to warm caches and compilers. */
const WARM_UP = 100;
/** p99 may grow by this factor when there are ten times as many patterns. */
const MOST_GROWTH = 2;
/** A p99 below this, in milliseconds, is noise and says nothing about growth. */
const NOISE_MS = 2;
const API = '/api/pattern-traceability';

/** Words of real code: frequent and rare ones, whole and partial ones, and one that occurs nowhere. */
const WORDS = (
  'export const return import readonly function Promise string database breaker outbox timeout ' +
  'redact lineage session throw piece77 piece5 module settle getSomethi nowhere_to_be_found'
).split(' ');

/** Measures how long queries take on a million patterns, and how much longer than on a tenth of them. */
export const serviceScale: Benchmark = {
  name: 'service-scale',
  onlyNamed: true, // takes a quarter of an hour
  async *run(context) {
    let databases = 0;
    yield* compare(context, 'SQLite', 25, async (patterns) => {
      const place = join(context.throwaway.root, `scale-${(databases += 1)}.db`);
      return { place, ids: fillSqlite(place, patterns) };
    });
    const server = await startPostgres({ settings: ['shared_buffers=1GB', 'max_wal_size=4GB'] });
    try {
      yield* compare(context, 'PostgreSQL', 40, async (patterns) => {
        const place = await server.createDatabase();
        return { place, ids: await fillPostgres(place, patterns) };
      });
    } finally {
      await server.remove();
    }
  },
};

// --- internal ---

interface Filled {
  readonly place: string;
  readonly ids: readonly string[];
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

async function* compare(
  { throwaway }: BenchContext,
  store: string,
  mostMs: number,
  fill: (patterns: number) => Promise<Filled>,
): AsyncGenerator<Result> {
  const measured = [];
  for (const patterns of [SMALL, LARGE]) {
    const { place, ids } = await fill(patterns);
    const service = await ServiceProcess.start(throwaway, place);
    try {
      measured.push(await ask(service.url, ids));
    } finally {
      await service.end();
    }
  }
  const [small, large] = measured;
  for (const [kind, { p50, p99 }] of large ?? []) {
    const before = small?.get(kind) ?? { p50: NaN, p99: NaN };
    yield {
      what: `${store}: ${kind}, p99 of ${REQUESTS} on ${LARGE} patterns (p50 ${p50.toFixed(1)} ms)`,
      ours: `${p99.toFixed(1)} ms`,
      floor: null,
      value: p99,
      limit: { kind: 'at most', value: mostMs, unit: 'ms' },
    };
    yield {
      what: `${store}: ${kind}, growth from ${SMALL} patterns (p50 ${before.p50.toFixed(1)} ms)`,
      ours: `${p99.toFixed(1)} ms`,
      floor: `${before.p99.toFixed(1)} ms`,
      value: Math.max(p99, NOISE_MS) / Math.max(before.p99, NOISE_MS),
      limit: { kind: 'at most', value: MOST_GROWTH, unit: 'x' },
    };
  }
}

async function ask(url: string, ids: readonly string[]): Promise<Map<string, Percentiles>> {
  const random = new Random(11);
  const id = () => ids[random.between(0, ids.length - 1)] ?? '';
  const word = () => WORDS[random.between(0, WORDS.length - 1)] ?? '';
  const kinds: Readonly<Record<string, () => Question>> = {
    list: () => ({ method: 'GET', path: '/lineage/query?limit=50' }),
    show: () => ({ method: 'GET', path: `/patterns/${id()}` }),
    ancestry: () => ({ method: 'GET', path: `/lineage/${id()}?query_type=ancestry` }),
    descendants: () => ({ method: 'GET', path: `/lineage/${id()}?query_type=descendants` }),
    'search, one word': () => ({ method: 'POST', path: '/search', body: { query: word() } }),
    'search, two words': () => ({
      method: 'POST',
      path: '/search',
      body: { query: `${word()} ${word()}` },
    }),
    stats: () => ({ method: 'GET', path: '/stats' }),
  };
  const found = new Map<string, Percentiles>();
  for (const [kind, question] of Object.entries(kinds)) {
    for (let n = 0; n < WARM_UP; n++) await answer(url, question());
    const times: number[] = [];
    for (let n = 0; n < REQUESTS; n++) times.push(await answer(url, question()));
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? NaN;
    found.set(kind, { p50: at(0.5), p99: at(0.99) });
  }
  return found;
}

/** Asks once and returns the milliseconds until the whole reply has arrived. */
async function answer(url: string, { method, path, body }: Question): Promise<number> {
  const init = body && {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  };
  const startedAt = performance.now();
  const response = await fetch(url + API + path, { method, ...init });
  await response.arrayBuffer();
  const took = performance.now() - startedAt;
  if (!response.ok) throw new BenchmarkError(`${path} was answered with ${response.status}`);
  return took;
}
