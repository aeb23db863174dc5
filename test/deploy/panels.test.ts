// Every panel of the dashboards, asked of a real Prometheus that scrapes real services and a real machine: while all is
// well, while the database is away, and after services were killed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PatternTracker } from '../../lib/library/pattern-tracker.ts';
import { OperatedHome } from '../processes/operated-home.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { hasCommand } from './deploy-files.ts';
import { PrometheusProcess } from './prometheus-process.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A database of services, of which each has its own address. */
interface Away {
  readonly databases: readonly string[];
  /** Takes the database away from the services that run. */
  readonly take: () => unknown;
}

async function postgresOfTwo(): Promise<Away> {
  const server = await startPostgres();
  ends.push(() => server.remove());
  const url = await server.createDatabase();
  return { databases: [url, url], take: () => server.stop('immediate') };
}

async function fileOfOne(): Promise<Away> {
  const folder = mkdtempSync(join(tmpdir(), 'panels-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  return {
    databases: [join(disk, 'service.db')],
    take: () => {
      renameSync(disk, join(folder, 'elsewhere'));
      writeFileSync(disk, ''); // so that no new one can be made there
    },
  };
}

/** A machine on which Claude works without a pause, and whose metrics are scraped. */
async function busyMachine(server: string): Promise<string> {
  const home = new OperatedHome(`api: { base_url: '${server}' }
resilience: { retry: { base_delay: 0.05 }, circuit_breaker: { recovery_timeout: 1 } }
`);
  await home.write('export const zero = 0;\n');
  await using tracker = new PatternTracker({ home: home.paths.home, env: home.env });
  await tracker.queryPatterns({ limit: 1 }); // so that there is something to tell of the cache
  let isBusy = true;
  let metrics = '';
  const work = (async () => {
    for (let n = 1; isBusy; n += 1) {
      await home.write(`export const value${n} = ${n};\n`);
      metrics = (await home.command('metrics --prometheus')).out;
      await fetch(new URL('/api/pattern-traceability/stats', server)).catch(() => {});
    }
  })();
  const page = createServer((_, response) => response.end(metrics));
  await new Promise<void>((done) => page.listen(0, '127.0.0.1', done));
  ends.push(async () => {
    isBusy = false;
    page.close();
    page.closeAllConnections();
    await work;
    await home.remove();
  });
  await until(() => metrics !== '', 'the machine has metrics');
  return `127.0.0.1:${(page.address() as AddressInfo).port}`;
}

/** What a service says of itself, or a part of it: it is gone with the last one. */
const GONE_WITH_THE_SERVICE = [
  'pattern-errors: Requests that fail',
  'pattern-errors: Requests that are refused',
  'pattern-errors: 5xx by route',
  'pattern-errors: 4xx by route',
  'pattern-errors: Events by result',
  'pattern-errors: Database reached',
  'pattern-performance: Events',
  'pattern-performance: Processor time per event',
  'pattern-performance: Events waiting in the service',
  'pattern-performance: 95 % of requests take at most',
  'pattern-performance: Half of requests take at most',
  'pattern-performance: Requests by how long they take',
  'pattern-performance: Event loop',
  'pattern-performance: Garbage collection',
  'pattern-performance: Heap, {{instance}} used',
  'pattern-performance: Heap, {{instance}} total',
  'pattern-tracking: Database reached',
  'pattern-tracking: Requests that succeed',
  'pattern-tracking: 95 % of requests take at most',
  'pattern-tracking: Requests',
  'pattern-tracking: Answers',
  'pattern-tracking: How long requests take, half',
  'pattern-tracking: How long requests take, 95 %',
  'pattern-tracking: How long requests take, 99 %',
  'pattern-tracking: Events waiting in the service',
  'pattern-tracking: Memory',
  'pattern-tracking: Processor',
  'pattern-tracking: Database reached, over time',
  'pattern-tracking: Uptime',
];

describe.skipIf(!hasCommand('prometheus'))('the panels of the dashboards', () => {
  it.each([
    ['two services on PostgreSQL', postgresOfTwo],
    ['one service on SQLite', fileOfOne],
  ])('have numbers of %s, but for those of a service that is killed', async (_, make) => {
    const { databases, take } = await make();
    const options = { logLevel: 'silent' };
    const services = databases.map((database) => new ServiceProcess(database, options));
    ends.push(...services.map((service) => () => service.remove()));
    for (const service of services) await service.start();
    const machine = await busyMachine(services[0]?.url ?? '');
    const prometheus = new PrometheusProcess();
    ends.push(() => prometheus.remove());
    const replicas = services.map(({ url }) => new URL(url).host);
    await prometheus.start({ replicas, machines: [machine] });
    /** Waits until nothing that a panel reads is from before `count` of a series became `value`. */
    const lasting = async (series: string, value: 0 | 1, count = services.length) => {
      const lasts = async () => (await prometheus.haveLasted(series, value)) === count;
      await until(lasts, `${series} has been ${value} for long`);
    };
    // One scrape may fail on a busy machine: it takes as long as in deploy/, but has a thirtieth of the time.
    const empty = () => expect.poll(() => prometheus.emptyPanels());

    await lasting('pattern_tracker_store_up', 1);
    await empty().toEqual([]);
    await take();
    await lasting('pattern_tracker_store_up', 0);
    await empty().toEqual([]);
    for (const [index, service] of services.toReversed().entries()) {
      await service.stop('SIGKILL');
      await lasting('up{job="pattern-tracker"}', 0, index + 1);
      const isLast = index + 1 === services.length;
      await empty().toEqual(isLast ? GONE_WITH_THE_SERVICE : []);
    }
  });
});
