// The floor of the benchmark `courier-ingest`, in a process of its own: reads, parses and inserts the files
// of a folder unchanged, in batches as large as the courier's and with its database settings, and does
// nothing else. `bare-loop.cjs FOLDER DATABASE BATCH_FILES`
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../lib/store/database/database.ts';

interface Payload {
  readonly session_id: string;
  readonly hook_event_name: string;
  readonly tool_use_id?: string;
}

const [folder = '', databaseFile = '', batchFiles = ''] = process.argv.slice(2);

setPriority(10); // as the courier does
const database = openDatabase(databaseFile);
database.exec('CREATE TABLE raw (session_id TEXT, name TEXT, tool_use_id TEXT, payload TEXT)');
const insert = database.prepare('INSERT INTO raw VALUES (?, ?, ?, ?)');
const takeBatch = database.transaction((names: readonly string[]) => {
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8');
    const payload = JSON.parse(text) as Payload;
    insert.run(payload.session_id, payload.hook_event_name, payload.tool_use_id ?? null, text);
  }
});
const files = readdirSync(folder).toSorted();
for (let at = 0; at < files.length; at += Number(batchFiles)) {
  takeBatch.immediate(files.slice(at, at + Number(batchFiles)));
}
database.close();
