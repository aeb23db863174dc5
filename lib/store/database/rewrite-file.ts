import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { sqlitePackage } from '../../base/sqlite-package.ts';

/**
 * Rewrites a database file by VACUUM, so that nothing is left of what was deleted. SQLite overwrites what is deleted,
 * but when it has moved rows from one page to another, copies of them stay behind in unused parts of pages. This
 * runs in a thread with a connection of its own: others read meanwhile, and writers wait.
 *
 * @throws SQLite's error, for example when the file stays locked or the disk has no room for the copy
 */
export async function rewriteFile(path: string): Promise<void> {
  const from = (import.meta.url as string | undefined) ?? __filename; // a CommonJS bundle has no import.meta
  const sqlite = createRequire(from).resolve(sqlitePackage(process.versions['napi']));
  const worker = new Worker(PROGRAM, { eval: true, workerData: { path, sqlite } });
  await once(worker, 'exit'); // rejects with the thread's error
}

// --- internal ---

/** The thread's program. It is a text because there is no file to load where everything is in one bundle. */
const PROGRAM = `
  const { workerData } = require('node:worker_threads');
  const Database = require(workerData.sqlite);
  const database = new Database(workerData.path, { timeout: 10_000 });
  try {
    database.pragma('secure_delete = ON');
    database.pragma('temp_store = FILE'); // the copy may be larger than the memory
    database.exec('VACUUM');
    database.pragma('busy_timeout = 500'); // what a reader keeps in the WAL goes with a later checkpoint
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
`;
