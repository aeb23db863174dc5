// The floor of single events in the benchmark `service-ingest`, in a process of its own: a Hono server that parses
// the JSON of a request and inserts it as one row, all that wait in one transaction, and answers when that is on the
// disk. `bare-server.cjs PLACE` prints its address; PLACE is a path or a URL of PostgreSQL.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import postgres from 'postgres';
import { openDatabase } from '../../../lib/store/database/database.ts';

interface Waiting {
  readonly row: readonly [string, string, string, string];
  readonly done: () => void;
}

const [place = ''] = process.argv.slice(2);
let waiting: Waiting[] = [];
let isWriting = false;

async function serve(): Promise<void> {
  const write = place.startsWith('postgres') ? await postgresWriter() : sqliteWriter();
  const flush = async () => {
    const group = waiting;
    waiting = [];
    await write(group.map(({ row }) => row));
    for (const { done } of group) done();
    if (waiting.length > 0) setImmediate(() => void flush());
    else isWriting = false;
  };
  const app = new Hono();
  app.post('*', async (c) => {
    const event = await c.req.json<Record<string, string> & { pattern_data: object }>();
    const { event_id: id = '', event_type: type = '', pattern_id: pattern = '' } = event;
    await new Promise<void>((done) => {
      waiting.push({ row: [id, type, pattern, JSON.stringify(event.pattern_data)], done });
      if (isWriting) return;
      isWriting = true;
      setImmediate(() => void flush());
    });
    return c.json({ success: true, data: { event_id: id } });
  });
  const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}

type Write = (rows: readonly Waiting['row'][]) => Promise<void>;

const TABLE = `CREATE TABLE bare_events (
  event_id text PRIMARY KEY, event_type text NOT NULL, pattern_id text NOT NULL, data text NOT NULL)`;

function sqliteWriter(): Write {
  const database = openDatabase(place);
  database.exec(TABLE);
  const insert = database.prepare<[string, string, string, string]>(
    'INSERT INTO bare_events VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const all = database.transaction((rows: readonly Waiting['row'][]) => {
    for (const row of rows) insert.run(...row);
  });
  return async (rows) => all.immediate(rows);
}

async function postgresWriter(): Promise<Write> {
  const sql = postgres(place, { max: 1, onnotice: () => {} });
  await sql.unsafe(TABLE);
  return async (rows) => {
    const columns = [0, 1, 2, 3].map((column) => rows.map((row) => row[column] ?? ''));
    await sql.unsafe(
      `INSERT INTO bare_events SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
       ON CONFLICT DO NOTHING`,
      columns,
      { prepare: true },
    );
  };
}

void serve();
