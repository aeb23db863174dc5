import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../../../lib/service/store/store-unavailable-error.ts';
import type { PatternStore } from '../../../../lib/service/store/pattern-store.ts';
import type { TrackedEvent } from '../../../../lib/service/store/rows/tracked-event.ts';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { deferred } from '../../stub-store.ts';
import { startPostgres } from '../../../support/postgres-server.ts';
import type { PostgresServer } from '../../../support/postgres-server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ isDurable: true });
});
afterAll(() => server.remove());

describe('a server that crashes', () => {
  test('loses nothing that was acknowledged, and takes again what was not', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore(url, { poolSize: 4, patienceMs: 200 });
    const patterns = store.tenant('default');
    await patterns.track([trackedEvent({ patternId: 'hot' })]);
    const acknowledged: TrackedEvent[] = [];
    let crashes = 0;
    const writer = async (name: string) => {
      for (let n = 0; n < 30; n++) {
        const batch = [
          trackedEvent({ patternId: `${name}-${n}`, eventId: `${name}-${n}-made` }),
          trackedEvent({ patternId: 'hot', eventType: 'pattern_applied', eventId: `${name}-${n}` }),
        ];
        await untilItIsTaken(patterns, batch);
        acknowledged.push(...batch);
      }
    };
    const crasher = async () => {
      for (const at of [30, 80, 160]) {
        await expect.poll(() => acknowledged.length, { interval: 1 }).toBeGreaterThan(at);
        await server.stop('immediate');
        await server.start();
        crashes++;
      }
    };
    await Promise.all([crasher(), ...['a', 'b', 'c', 'd'].map(writer)]);
    expect(crashes).toBe(3);
    expect(acknowledged).toHaveLength(240);
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    const ids = await sql<{ id: string }[]>`SELECT event_id AS id FROM events`;
    await sql.end();
    expect(ids.map(({ id }) => id).toSorted()).toEqual(
      [...acknowledged, trackedEvent({ patternId: 'hot' })]
        .map(({ eventId }) => eventId)
        .toSorted(),
    );
    expect(await patterns.pattern('hot')).toMatchObject({ occurrences: 121 });
    expect(await patterns.stats()).toMatchObject({ occurrences: 241, patterns: 121 });
    const again = await patterns.track(acknowledged);
    expect(again.map(({ kind }) => kind)).toEqual(acknowledged.map(() => 'duplicate'));
    await store.close();
  });

  test('is waited for by those who read and write', async () => {
    const store = await openPostgresStore(await server.createDatabase(), { patienceMs: 60_000 });
    const patterns = store.tenant('default');
    await patterns.track([trackedEvent({ patternId: 'a' })]);
    await server.stop('fast');
    const read = patterns.pattern('a');
    const written = patterns.track([trackedEvent({ patternId: 'b' })]);
    await server.start();
    expect(await read).toMatchObject({ id: 'a' });
    expect(await written).toMatchObject([{ kind: 'created' }]);
    await store.close();
  });

  test('is told of as unavailable when it does not come back, and health says so', async () => {
    const store = await openPostgresStore(await server.createDatabase(), { patienceMs: 50 });
    await server.stop('immediate');
    try {
      await expect(store.tenant('default').stats()).rejects.toThrow(StoreUnavailableError);
      const tracked = store.tenant('default').track([trackedEvent({ patternId: 'a' })]);
      await expect(tracked).rejects.toThrow(StoreUnavailableError);
      expect(await store.health()).toMatchObject({ isWell: false });
    } finally {
      await server.start();
    }
    await expect.poll(async () => (await store.health()).isWell).toBe(true);
    await store.close();
  });

  test('cuts all connections, and the next call has a new one', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore(url);
    const patterns = store.tenant('default');
    await patterns.track([trackedEvent({ patternId: 'a' })]);
    const sql = postgres(url, { max: 1 });
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await sql.end();
    expect(await patterns.pattern('a')).toMatchObject({ id: 'a' });
    await store.close();
  });
});

describe('a network that falls silent', () => {
  test('is given up long before a statement may time out, and used again when it speaks', async () => {
    const url = new URL(await server.createDatabase());
    const network = await silenceable(Number(url.port));
    url.port = String(network.port);
    const store = await openPostgresStore(url.href, { patienceMs: 100 });
    try {
      const patterns = store.tenant('default');
      await patterns.track([trackedEvent({ patternId: 'a' })]);
      network.isSilent = true;
      await expect(patterns.stats()).rejects.toThrow(StoreUnavailableError);
      const tracked = patterns.track([trackedEvent({ patternId: 'b' })]);
      await expect(tracked).rejects.toThrow(StoreUnavailableError);
      expect(await store.health()).toMatchObject({ isWell: false });
      network.isSilent = false;
      await expect.poll(async () => (await store.health()).isWell).toBe(true);
      expect(await patterns.pattern('a')).toMatchObject({ id: 'a' });
    } finally {
      await store.close();
      network.close();
    }
  });

  test('is not taken for gone while a statement takes its time', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore(url, { patienceMs: 100 });
    const patterns = store.tenant('default');
    await patterns.track([trackedEvent({ patternId: 'a' })]);
    const sql = postgres(url, { max: 1 });
    const [isLocked, isEnough] = [deferred<void>(), deferred<void>()];
    const locked = sql.begin(async (own) => {
      await own`LOCK TABLE patterns IN ACCESS EXCLUSIVE MODE`;
      isLocked.resolve();
      await isEnough.promise;
    });
    await isLocked.promise;
    const found = patterns.pattern('a');
    const isDone = found.then(() => true);
    for (let looks = 0; looks < 3; looks++) {
      expect(await Promise.race([isDone, setTimeout(1_000, false)])).toBe(false);
    }
    isEnough.resolve();
    expect(await found).toMatchObject({ id: 'a' });
    await locked;
    await sql.end();
    await store.close();
  });
});

describe('a server that takes no writes', () => {
  test('is a failover that goes on: what is written waits, and health says so', async () => {
    const url = await server.createDatabase();
    const store = await openPostgresStore(url, { patienceMs: 60_000 });
    const patterns = store.tenant('default');
    const sql = postgres(url, { max: 1 });
    const name = new URL(url).pathname.slice(1);
    await sql.unsafe(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await cutOthers(sql);
    await expect.poll(async () => (await store.health()).detail).toContain('standby');
    const written = patterns.track([trackedEvent({ patternId: 'a' })]);
    await sql.unsafe(`ALTER DATABASE ${name} SET default_transaction_read_only = off`);
    expect(await written).toMatchObject([{ kind: 'created' }]);
    await sql.end();
    await store.close();
  });

  test('is passed over when the URL names another that does', async () => {
    const other = await startPostgres({ settings: ['default_transaction_read_only=on'] });
    try {
      const url = await server.createDatabase();
      const both = url
        .replace('127.0.0.1', `127.0.0.1:${other.port},127.0.0.1`)
        .replace(/[^/]*$/, 'postgres'); // a database that both have
      const store = await openPostgresStore(both);
      const tracked = await store.tenant('default').track([trackedEvent({ patternId: 'a' })]);
      expect(tracked).toMatchObject([{ kind: 'created' }]);
      await store.close();
    } finally {
      await other.remove();
    }
  });
});

describe('a server that can not be used at the start', () => {
  test('is waited for, then told of', async () => {
    const url = await server.createDatabase();
    await server.stop('fast');
    const opened = openPostgresStore(url);
    try {
      const failed = await openPostgresStore(url, { startPatienceMs: 0 }).catch((error) => error);
      expect(failed).toMatchObject({ code: 'E_DATABASE_UNAVAILABLE' });
      expect(inspect(failed, { depth: 9, showHidden: true })).not.toContain(server.password);
    } finally {
      await server.start();
    }
    await (await opened).close();
  });

  test('is told of at once when it refuses the password or has no such database', async () => {
    const url = await server.createDatabase();
    const wrong = url.replace(server.password, 'a-wrong-secret');
    for (const each of [wrong, `${url}x`]) {
      const failed = await openPostgresStore(each).catch((error) => error);
      expect(failed).toMatchObject({ code: 'E_DATABASE_REFUSED' });
      const shown = inspect(failed, { depth: 9, showHidden: true });
      expect(shown).not.toContain('a-wrong-secret');
      expect(shown).not.toContain(server.password);
    }
  });

  test('is told of at once when it has another encoding, or a setting is unknown to it', async () => {
    const url = await server.createDatabase();
    await expect(openPostgresStore(`${url}?no_such_setting=1`)).rejects.toMatchObject({
      code: 'E_DATABASE_REFUSED',
    });
    await expect(openPostgresStore(`${url}?statement_timeout=1`)).rejects.toMatchObject({
      code: 'E_DATABASE_URL',
    });
    const sql = postgres(url, { max: 1 });
    await sql`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`;
    await sql.end();
    const latin = url.replace(/[^/]+$/, 'latin');
    await expect(openPostgresStore(latin)).rejects.toMatchObject({ code: 'E_DATABASE_ENCODING' });
  });

  test('is refused when a newer program has migrated it', async () => {
    const url = await server.createDatabase();
    await (await openPostgresStore(url)).close();
    const sql = postgres(url, { max: 1 });
    await sql`INSERT INTO schema_migrations (version) VALUES (999)`;
    await sql.end();
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'E_DATABASE_NEWER' });
  });
});

/** As a courier does: sends it again until it has an answer. */
async function untilItIsTaken(store: PatternStore, batch: readonly TrackedEvent[]): Promise<void> {
  for (;;) {
    try {
      await store.track(batch);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }
}

async function cutOthers(sql: postgres.Sql): Promise<void> {
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;
}

/** A way to the server on which nothing passes, and nothing is refused, while it is silent. */
async function silenceable(port: number) {
  const network = { port: 0, isSilent: false, close: () => {} };
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (bytes) => {
        if (!network.isSilent) to.write(bytes);
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  network.port = (proxy.address() as AddressInfo).port;
  network.close = () => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  return network;
}
