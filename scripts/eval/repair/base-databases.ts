import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InvariantError } from '../../../lib/base/errors.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { Courier } from '../../../lib/ingest/courier/courier.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { Random } from '../../bench/measure/random.ts';
import { sessionPayloads } from '../../bench/capture/session-payloads.ts';

/** The databases that copies are made of. */
export interface BaseDatabases {
  /** Everything in one file, without a WAL. */
  readonly whole: string;
  /** The same in an earlier state: what an old copy, or a page that was never written, holds. */
  readonly older: string;
  /** The earlier state, and a WAL with the rest. */
  readonly live: string;
}

/** Records made-up sessions, as a courier does, in `folder`. */
export async function makeBaseDatabases(folder: string, events: number): Promise<BaseDatabases> {
  const home = trackerPaths(join(folder, 'hooks', 'pattern-tracker'));
  mkdirSync(home.spoolNew, { recursive: true });
  writeFileSync(home.configFile, 'courier: { idle_exit_seconds: 1 }\n');
  const payloads = sessionPayloads(7);
  const random = new Random(7);
  const ingest = async (from: number, to: number) => {
    for (let number = from; number < to; number++) {
      const name = `${String(number).padStart(6, '0')}.settings`;
      const payload = number % LONG_EVERY === 0 ? longPrompt(random) : payloads.next().value;
      writeFileSync(join(home.spoolNew, name), payload ?? '');
    }
    const own = { clock: systemClock, pid: process.pid, machine: hostname() };
    await new Courier({ paths: home, ...own }).run(new AbortController().signal);
  };
  const [whole, older, live] = ['whole.db', 'older.db', 'live.db'].map((name) =>
    join(folder, name),
  );
  if (!whole || !older || !live) throw new InvariantError('three names');
  await ingest(0, Math.floor(events / 2));
  copyFileSync(home.database, older);
  // Another connection keeps the WAL when the courier leaves.
  const reader = new Sqlite(home.database);
  reader.prepare('BEGIN').run();
  reader.prepare('SELECT count(*) FROM events').get(); // and from being written back
  await ingest(Math.floor(events / 2), events);
  copyFileSync(home.database, live);
  copyFileSync(`${home.database}-wal`, `${live}-wal`);
  reader.close();
  new Sqlite(home.database).pragma('journal_mode = DELETE');
  copyFileSync(home.database, whole);
  if (existsSync(`${home.database}-wal`)) throw new InvariantError('the WAL was not folded in');
  return { whole, older, live };
}

// --- internal ---

/** One event of so many is longer than a page, even compressed. */
const LONG_EVERY = 20;

function longPrompt(random: Random): string {
  const words = Array.from({ length: random.between(1_000, 8_000) }, () =>
    random.between(36 ** 4, 36 ** 5).toString(36),
  );
  const event = { session_id: 'long-prompts', hook_event_name: 'UserPromptSubmit', cwd: '/w/long' };
  return `${JSON.stringify({ ...event, prompt: words.join(' ') })}\n`;
}
