import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import connect from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase, openDatabaseForReading } from '../../lib/store/database/database.ts';
import { Outbox } from '../../lib/delivery/store/outbox.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { createDatabase } from '../support/shared-postgres.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { TrackerHome } from './tracker-home.ts';

const EVENTS = 800;
const LINEAGES = 40;
const KILLS = 40;
const SEED = 20_261_124;

/** What the couriers deliver to. */
interface Server {
  readonly url: string;
  /** How many events it has. */
  count(): Promise<number>;
  /** The `n` of its events, in the order in which it took them. */
  order(): Promise<number[]>;
  close(): Promise<void>;
}

const SERVERS: Readonly<Record<string, () => Promise<Server>>> = {
  'a server that refuses a child whose parent it has not seen': async () => {
    const server = await new FaultyApi().up();
    server.strict = true;
    server.behaviour = { kind: 'late', ms: 2 };
    return {
      url: server.url,
      count: async () => server.events.size,
      order: async () =>
        [...server.events.values()].map(({ pattern_data: data }) => (data as { n: number }).n),
      close: () => server.down(),
    };
  },
  'the service on SQLite': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-service-'));
    const path = join(folder, 'service.db');
    const service = await new ServiceProcess(path).start();
    const query = (sql: string) => {
      const database = openDatabaseForReading(path);
      try {
        return database?.prepare(sql).pluck().all() ?? [];
      } finally {
        database?.close();
      }
    };
    return {
      url: service.url,
      count: async () => Number(query('SELECT count(*) FROM lineage_events')[0]),
      order: async () => query('SELECT pattern_id FROM lineage_events ORDER BY id').map(numberOf),
      close: async () => {
        await service.remove();
        rmSync(folder, { recursive: true });
      },
    };
  },
  'the service on PostgreSQL': async () => {
    const url = await createDatabase();
    const service = await new ServiceProcess(url).start();
    const sql = connect(url, { max: 1, onnotice: () => {} });
    return {
      url: service.url,
      count: async () => Number((await sql`SELECT count(*) FROM event_ids`)[0]?.['count']),
      order: async () =>
        (await sql`SELECT pattern_id FROM events ORDER BY received_at, ctid`).map((row) =>
          numberOf(row['pattern_id']),
        ),
      close: async () => {
        await sql.end();
        await service.remove();
      },
    };
  },
};

const numberOf = (patternId: unknown) => Number(String(patternId).slice(1));

let home: TrackerHome;
let server: Server;

function prepare(): void {
  home = new TrackerHome(
    `api: { base_url: '${server.url}' }
pattern_tracking: { batch_size: 2 }
courier: { idle_exit_seconds: 60 }
`,
  );
}
afterEach(async () => {
  await home.remove();
  await server.close();
});

/** Lineages that grow by turns: each event but the first of its lineage has the one before as parent. */
function queue(): void {
  mkdirSync(home.paths.data, { recursive: true });
  const database = openDatabase(home.paths.database);
  const outbox = new Outbox(database, 'http');
  database.transaction(() => {
    for (let n = 0; n < EVENTS; n++) {
      const parent = n < LINEAGES ? undefined : `p${n - LINEAGES}`;
      const eventType = parent === undefined ? 'pattern_created' : 'pattern_modified';
      const body = {
        event_id: `e${n}`,
        event_type: eventType,
        pattern_id: `p${n}`,
        parent_pattern_ids: parent === undefined ? [] : [parent],
        pattern_data: { n },
      };
      const row = { eventId: `e${n}`, eventType, sessionId: 's', patternId: `p${n}` };
      outbox.add({ ...row, lineageId: `l${n % LINEAGES}`, body: JSON.stringify(body) }, Date.now());
    }
  })();
  database.close();
}

/** Mulberry32: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const COMMANDS = [
  ['dist/courier.cjs', '--home'],
  ['dist/courier.cjs', '--home'],
  ['dist/cli.cjs', 'flush'],
] as const;

function start([program, argument]: readonly [string, string]): ChildProcess {
  const args = argument === '--home' ? [argument, home.paths.home] : [argument];
  const env = { ...home.env, PATTERN_TRACKER_HOME: home.paths.home };
  return spawn(process.execPath, [resolve(program), ...args], { env, stdio: 'ignore' });
}

const isGone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

describe.each(Object.keys(SERVERS))('two couriers and a flush at once, and %s', (name) => {
  it('bring each event to it once, in order, however often they are killed', async () => {
    server = await (SERVERS[name] as () => Promise<Server>)();
    prepare();
    queue();
    const random = randomNumbers(SEED);
    const running = COMMANDS.map(start);
    let killed = 0;
    let arrived = 0;
    for (let step = 0; killed < KILLS && step < 20 * KILLS; step++) {
      await setTimeout(20 + random() * 120); // anywhere in their work
      if (step % 10 === 0) {
        // On a busy machine they need longer to begin; all killed before that would test nothing.
        await expect
          .poll(async () => {
            const count = await server.count();
            return count === EVENTS || count > arrived;
          })
          .toBe(true);
        arrived = await server.count();
      }
      for (const [index, command] of COMMANDS.entries()) {
        const child = running[index];
        if (!child || isGone(child)) running[index] = start(command);
      }
      const victim = running[Math.floor(random() * running.length)];
      if (victim?.kill('SIGKILL')) killed += 1;
    }
    expect(killed).toBe(KILLS);
    for (const child of running) child.kill('SIGKILL');
    await expect.poll(() => running.every(isGone)).toBe(true);

    void home.runCourier();
    await expect.poll(() => home.value('SELECT count(*) FROM outbox')).toBe(0);
    expect(await server.count()).toBe(EVENTS);

    const order = await server.order();
    for (let lineage = 0; lineage < LINEAGES; lineage++) {
      const sent = order.filter((n) => n % LINEAGES === lineage);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    }
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
  });
});
