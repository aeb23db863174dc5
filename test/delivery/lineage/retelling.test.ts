// What becomes of the outbox when api.base_url names another server: real rows, real servers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { LINEAGE } from '../../../lib/delivery/lineage/lineage-sink.ts';
import { LineageFeed } from '../../../lib/delivery/lineage/lineage-feed.ts';
import { openLineageClient } from '../../../lib/delivery/lineage/open-lineage.ts';
import { openDelivery } from '../../../lib/delivery/sink-delivery.ts';
import type { DrainReport } from '../../../lib/delivery/delivery.ts';
import { FaultyApi } from '../../support/faulty-api.ts';

let folder: string;
let database: Database;
let one: FaultyApi;
let other: FaultyApi;
let now: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sink-server-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  now = 1_000_000;
  [one, other] = [await new FaultyApi().up(), await new FaultyApi().up()];
  for (const server of [one, other]) server.strict = true;
});
afterEach(async () => {
  database.close();
  rmSync(folder, { recursive: true });
  await one.down();
  await other.down();
});

/** Records a pattern with its event in the outbox: the first letter is the lineage. */
function write(id: string, parentId: string | null = null): void {
  const lineageId = id.charAt(0);
  const action = parentId === null ? 'created' : 'modified';
  if (database.prepare('SELECT 1 FROM patterns WHERE id = ?').get(id) === undefined) {
    database
      .prepare(
        `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
           occurrences, first_seen_at, last_seen_at) VALUES (?, 'a.ts', ?, 'ts', 1, ?, 1, ?, 1, ?, ?)`,
      )
      .run(id, `code of ${id}`, action, lineageId, now, now);
    if (parentId !== null) {
      database
        .prepare(
          `INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at)
           VALUES (?, ?, 'modified_from', ?)`,
        )
        .run(id, parentId, now);
    }
  }
  put(id, action, parentId);
}

/** Another occurrence of a pattern. */
function put(
  id: string,
  action: 'created' | 'modified' | 'applied' = 'applied',
  parentId: string | null = null,
): void {
  const feed = new LineageFeed(database, LINEAGE.name, 'test-machine');
  const eventId = `${action}-${id}-${now}`;
  feed.add(
    {
      patternId: id,
      code: `code of ${id}`,
      language: 'ts',
      filePath: '/a.ts',
      startLine: null,
      endLine: null,
      replacedId: undefined,
      name: 'a.ts',
      action,
      generation: 1,
      lineageId: id.charAt(0),
      parentId,
    },
    0,
    { eventId, sessionId: 's', toolUseId: undefined, toolName: 'Write', projectId: null, at: now },
  );
}

async function deliver(baseUrl: string): Promise<DrainReport> {
  const config = { ...CONFIG_DEFAULTS, api: { ...CONFIG_DEFAULTS.api, base_url: baseUrl } };
  const clock = () => now;
  const client = openLineageClient({ config, clock });
  const sink = openDelivery(LINEAGE, client, { config, database: () => database, clock });
  try {
    return await sink.delivery.drain({}, new AbortController().signal);
  } finally {
    await sink.close();
  }
}

const patterns = (server: FaultyApi) => server.received.map(({ pattern_id: id }) => id);
const left = () => database.prepare('SELECT event_id, last_error FROM outbox').all();

describe('another server', () => {
  it('is told of the parents of what waits, before it, and of later ones when they are needed', async () => {
    write('a1');
    write('a2', 'a1');
    write('b1');
    write('c1');
    await deliver(one.url);
    write('d1');
    write('a3', 'a2');
    put('b1');
    write('a4', 'a3');
    expect(await deliver(other.url)).toMatchObject({ dead: 0, failed: 0, end: 'empty' });
    expect(patterns(other)).toEqual(['a1', 'a2', 'b1', 'd1', 'a3', 'b1', 'a4']);
    write('c2', 'c1');
    expect(await deliver(other.url)).toMatchObject({ delivered: 2, dead: 0 });
    expect(patterns(other).slice(-2)).toEqual(['c1', 'c2']);
    expect(left()).toEqual([]);
  });

  it('knows again what it was told when it comes back, and what it has missed', async () => {
    write('a1');
    await deliver(one.url);
    write('a2', 'a1');
    await deliver(other.url);
    write('a3', 'a2');
    expect(await deliver(one.url)).toMatchObject({ dead: 0, end: 'empty' });
    expect(patterns(one)).toEqual(['a1', 'a1', 'a2', 'a3']);
  });

  it('waits for nothing that the old one has asked for', async () => {
    one.behaviour = { kind: 'status', status: 503, retryAfter: '3600' };
    write('a1');
    expect(await deliver(one.url)).toMatchObject({ end: 'waiting' });
    for (let n = 0; n < 5; n++) {
      now += 3_600_000;
      await deliver(one.url);
    }
    expect(await deliver(other.url)).toMatchObject({ delivered: 1, end: 'empty' });
  });

  it('is told of a parent that the old one has refused', async () => {
    write('a1');
    one.behaviour = { kind: 'refuse', refuses: () => true };
    expect(await deliver(one.url)).toMatchObject({ dead: 1 });
    write('a2', 'a1');
    expect(await deliver(other.url)).toMatchObject({ delivered: 2, dead: 0 });
    expect(patterns(other)).toEqual(['a1', 'a2']);
  });

  it('may change back and forth with a dead letter, and the order stays small numbers', async () => {
    write('a1');
    await deliver(one.url);
    one.behaviour = other.behaviour = {
      kind: 'refuse',
      refuses: ({ pattern_id: id }) => id === 'a2',
    };
    write('a2', 'a1');
    for (let n = 0; n < 30; n++) {
      now += 1_000;
      await deliver(n % 2 === 0 ? other.url : one.url);
    }
    expect(database.prepare('SELECT max(id) < 1000 FROM outbox').pluck().get()).toBe(1);
    expect(left()).toMatchObject([{ event_id: expect.stringContaining('a2') }]);
  });

  it('is not one that is only spelt in another way', async () => {
    write('a1');
    await deliver(one.url);
    write('a2', 'a1');
    await deliver(`${one.url.replace('http', 'HTTP')}/`);
    write('a3', 'a2');
    await deliver(`${one.url}/api/pattern-traceability/`);
    expect(patterns(one)).toEqual(['a1', 'a2', 'a3']);
  });

  it('is not the first one, which knows nothing yet', async () => {
    write('a1');
    write('a2', 'a1');
    await deliver(one.url);
    expect(patterns(one)).toEqual(['a1', 'a2']);
    expect(database.prepare('SELECT server FROM sinks').pluck().get()).toBe(
      `${one.url}/api/pattern-traceability`,
    );
  });
});
