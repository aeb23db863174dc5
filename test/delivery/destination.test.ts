import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../lib/config/config.ts';
import { destinationOf } from '../../lib/delivery/destination.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { LineageFeed } from '../../lib/delivery/lineage/lineage-feed.ts';
import { Outbox } from '../../lib/delivery/store/outbox.ts';
import { readdress } from '../../lib/delivery/store/readdressing.ts';
import { adoptServer } from '../../lib/delivery/store/server-adoption.ts';
import { SinkState } from '../../lib/delivery/store/sink-state.ts';
import { waitingElsewhere } from '../../lib/delivery/waiting-elsewhere.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { Database } from '../../lib/store/database/database.ts';

const A = 'https://a.example';
const B = 'https://b.example';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'destination-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (url: string | null) => configSchema.parse({ api: { base_url: url } });
const nameOf = (url: string | null, inFiles: string | null) => {
  const courier = { config: configOf(inFiles), error: null };
  return destinationOf(LINEAGE, { config: configOf(url), courier }, database).name;
};
const names = () =>
  database.prepare('SELECT sink FROM outbox ORDER BY id').pluck().all() as string[];

function queue(name: string, id: string): void {
  const event = { eventId: id, eventType: 'pattern_created', sessionId: 's', patternId: id };
  new Outbox(database, name).add({ ...event, lineageId: id, body: '{}' }, 1_000);
}

describe('the name of a destination', () => {
  it('is that of the sink for the server in the files, however it is spelt', () => {
    expect([nameOf(A, A), nameOf(`${A}/`, A), nameOf(null, A), nameOf(null, null)]).toEqual(
      Array(4).fill('http'),
    );
  });

  it('has the address of any other server', () => {
    expect(nameOf(B, A)).toBe(`http ${B}`);
    expect(nameOf(`${B}/api/pattern-traceability/`, A)).toBe(`http ${B}`);
  });

  it('is that of the sink for the first server there is while the files name none', () => {
    expect(nameOf(B, null)).toBe('http');
    new SinkState(database, 'http').noteFirstServer(A);
    new SinkState(database, 'http').noteFirstServer(B);
    expect([nameOf(A, null), nameOf(B, null)]).toEqual(['http', `http ${B}`]);
  });
});

describe('what waits for another server', () => {
  it('is shown with its address', () => {
    queue('http', '1');
    queue(`http ${B}`, '2');
    queue(`http ${B}`, '3');
    queue('otlp', '4');
    expect(waitingElsewhere(database, LINEAGE, 'http')).toEqual([
      { sink: LINEAGE, address: B, isNamed: false, waiting: 2, dead: 0 },
    ]);
    expect(waitingElsewhere(database, LINEAGE, `http ${B}`)).toMatchObject([
      { address: null, isNamed: true, waiting: 1 },
    ]);
  });

  it('is taken over once the files name that server, and counts once', () => {
    queue('http', '1');
    queue(`http ${B}`, '2');
    new Outbox(database, `http ${B}`).add(
      { eventId: '1', eventType: 'x', sessionId: null, patternId: '', lineageId: '1', body: '{}' },
      1_000,
    );
    const server = `${B}/api/pattern-traceability`;
    expect(adoptServer(database, LINEAGE, server, 2_000)).toBe(false); // it is the first one
    expect(names()).toEqual(['http', 'http']);
    queue(`http ${B}`, '3');
    adoptServer(database, LINEAGE, server, 3_000);
    expect(names()).toEqual(['http', 'http', 'http']);
  });

  it('is given to the server in the files when the user says so, with what that must know first', () => {
    const feed = new LineageFeed(database, `http ${B}`, 'here');
    const insert = database.prepare(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id, occurrences,
         first_seen_at, last_seen_at) VALUES (?, 'n', 'c', 'l', 1, 'created', 1, ?, 1, 1, 1)`,
    );
    insert.run('p', 'p');
    feed.introduce('p', ['p'], 1_000); // the other server has been told
    database.prepare('DELETE FROM outbox').run();
    queue(`http ${B}`, 'unrelated');
    database
      .prepare(
        "UPDATE outbox SET event_type = 'pattern_applied', pattern_id = 'p', lineage_id = 'p'",
      )
      .run();
    const moved = database.transaction(() => readdress(database, `http ${B}`, LINEAGE, 2_000))();
    expect(moved).toBe(1);
    expect(database.prepare('SELECT sink, event_id FROM outbox ORDER BY id').raw().all()).toEqual([
      ['http', 'pattern-p'],
      ['http', 'unrelated'],
    ]);
    const left = (table: string) =>
      database.prepare(`SELECT count(*) FROM ${table} WHERE sink != 'http'`).pluck().get();
    expect(['outbox', 'sink_patterns', 'sinks', 'breakers'].map(left)).toEqual([0, 0, 0, 0]);
  });
});
