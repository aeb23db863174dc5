// The floor of the benchmark `service-ingest` on PostgreSQL, in a process of its own: copies the rows of a
// database that the service filled into an empty one with the same schema, by multi-row inserts, with the
// given number of events per transaction, and prints the milliseconds it took.
// `bare-rows-postgres.cjs FILLED EMPTY EVENTS_PER_TRANSACTION`
import postgres from 'postgres';
import { openPostgresStore } from '../../../lib/service/store/postgres/store.ts';

const [filledUrl = '', emptyUrl = '', rows = ''] = process.argv.slice(2);
const TABLES = [
  'event_ids',
  'events',
  'patterns',
  'pattern_uses',
  'pattern_code',
  'lineage_edges',
  'tool_calls',
  'sessions',
];

void copy(Number(rows));

async function copy(perTransaction: number): Promise<void> {
  await (await openPostgresStore(emptyUrl)).close(); // creates the schema
  const filled = postgres(filledUrl, { max: 1, onnotice: () => {} });
  const empty = postgres(emptyUrl, { max: 1, onnotice: () => {} });
  const shares: { insert: string; values: unknown[][]; width: number }[] = [];
  for (const table of TABLES) {
    // As text, so that a value can be written back whatever its type.
    const columns = await filled<{ name: string; type: string }[]>`
      SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute
      WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
    const list = columns.map(({ name }) => name).join(', ');
    const texts = columns.map(({ name }) => `${name}::text`).join(', ');
    const values = await filled.unsafe(`SELECT ${texts} FROM ${table}`).values();
    const arrays = columns.map(({ type }, n) => `$${n + 1}::text[]::${type}[]`).join(', ');
    const insert = `INSERT INTO ${table} (${list}) SELECT * FROM unnest(${arrays})`;
    shares.push({ insert, values, width: columns.length });
  }
  await makePartitions(filled, empty);
  await filled.end();
  const events = shares[0]?.values.length ?? 0;
  const transactions = Math.ceil(events / perTransaction);

  const startedAt = performance.now();
  for (let n = 0; n < transactions; n++) {
    await empty.begin((sql) =>
      shares.map(({ insert, values, width }) => {
        const from = Math.floor((values.length * n) / transactions);
        const to = Math.floor((values.length * (n + 1)) / transactions);
        const share = values.slice(from, to);
        const columns = Array.from({ length: width }, (_, column) =>
          share.map((row) => row[column] as string | null),
        );
        return sql.unsafe(insert, columns, { prepare: true });
      }),
    );
  }
  const took = performance.now() - startedAt;
  await empty.end();
  process.stdout.write(`${took}\n`);
}

/** Creates the monthly partitions that the service created while events arrived. */
async function makePartitions(filled: postgres.Sql, empty: postgres.Sql): Promise<void> {
  const partitions = await filled<{ name: string; bounds: string }[]>`
    SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'events'::regclass`;
  for (const { name, bounds } of partitions) {
    await empty.unsafe(`CREATE TABLE IF NOT EXISTS ${name} PARTITION OF events ${bounds}`);
  }
}
