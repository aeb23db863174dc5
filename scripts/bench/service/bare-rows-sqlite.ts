// The floor of the benchmark `service-ingest` on SQLite, in a process of its own: copies the rows of a
// database that the service filled into an empty one, with the given number of events per transaction, and
// prints the milliseconds it took. `bare-rows-sqlite.cjs FILLED EMPTY EVENTS_PER_TRANSACTION`
import { openDatabase } from '../../../lib/store/database/database.ts';

const [filledFile = '', emptyFile = '', rows = ''] = process.argv.slice(2);
const perTransaction = Number(rows);
const filled = openDatabase(filledFile);
const empty = openDatabase(emptyFile);

const TABLES = [
  'lineage_events',
  'patterns',
  'lineage_edges',
  'occurrences',
  'tool_calls',
  'sessions',
];

/** The rows of each table. Each transaction copies an equal share of every table. */
const shares = TABLES.map((table) => {
  const columns = filled
    .prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`)
    .pluck()
    .all();
  const values = filled.prepare<[], unknown[]>(`SELECT * FROM ${table}`).raw().all();
  const marks = columns.map(() => '?').join(', ');
  const insert = empty.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  return { insert, values };
});
filled.close();
const events = shares[0]?.values.length ?? 0;
const transactions = Math.ceil(events / perTransaction);

const startedAt = performance.now();
for (let n = 0; n < transactions; n++) {
  empty
    .transaction(() => {
      for (const { insert, values } of shares) {
        const from = Math.floor((values.length * n) / transactions);
        const to = Math.floor((values.length * (n + 1)) / transactions);
        for (const row of values.slice(from, to)) insert.run(...row);
      }
    })
    .immediate();
}
const took = performance.now() - startedAt;
empty.close();
process.stdout.write(`${took}\n`);
