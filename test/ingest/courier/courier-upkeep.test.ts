import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { CourierUpkeep } from '../../../lib/ingest/courier/courier-upkeep.ts';
import { SILENT_LOG } from '../../../lib/log/tracker-log.ts';
import type { LogFields } from '../../../lib/log/tracker-log.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const signal = new AbortController().signal;

let folder: string;
let paths: TrackerPaths;
let database: Database;
let logged: LogFields[];
let passed: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upkeep-'));
  paths = trackerPaths(join(folder, 'pattern-tracker'));
  mkdirSync(dirname(paths.database), { recursive: true });
  mkdirSync(paths.spoolNew, { recursive: true });
  database = openTestDatabase(paths.database);
  logged = [];
  passed = 0;
  const add = database.prepare(
    `INSERT INTO events (event_id, session_id, name, received_at, size, payload)
     VALUES (?, 's', 'PostToolUse', ?, 2, '{}')`,
  );
  database.transaction(() => {
    for (let event = 0; event < 8_000; event += 1) add.run(`old-${event}`, NOW - 60 * DAY + event);
    add.run('new', NOW - 1);
  })();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** @param sliceMs how long each look at the clock takes */
function upkeepOf(sliceMs: number): CourierUpkeep {
  const log = {
    ...SILENT_LOG,
    info: (_: string, fields: LogFields = {}) => void logged.push(fields),
  };
  const elapsed = () => (passed += sliceMs);
  return new CourierUpkeep({ paths, clock: () => NOW, elapsed, log: () => log });
}

const kept = () =>
  database.prepare('SELECT count(*) FROM events WHERE payload IS NOT NULL').pluck().get();

it('goes on with what is due at the next call, so that events come in meanwhile', async () => {
  const upkeep = upkeepOf(1_000);
  const seen: unknown[] = [];
  do {
    expect(await upkeep.run(database, CONFIG_DEFAULTS, signal)).toBe(true);
    seen.push(kept());
  } while (upkeep.isUnfinished);
  // 500 at a time, and no more than a quarter of all in an hour.
  expect(seen.slice(0, 4)).toEqual([7_501, 7_001, 6_501, 6_001]);
  expect(new Set(seen.slice(4))).toEqual(new Set([6_000]));
  expect(logged).toMatchObject([{ payloads: 2_001, left: expect.stringContaining('more is due') }]);
});

it('does all of it in one call where that takes no time', async () => {
  const upkeep = upkeepOf(0);
  expect(await upkeep.run(database, CONFIG_DEFAULTS, signal)).toBe(true);
  expect([upkeep.isUnfinished, kept()]).toEqual([false, 6_000]);
  expect(await upkeep.run(database, CONFIG_DEFAULTS, signal)).toBe(false); // an hour has not passed
});

it('begins again on a database that was opened again, and ends when it is told to', async () => {
  const upkeep = upkeepOf(1_000);
  await upkeep.run(database, CONFIG_DEFAULTS, signal);
  database.close();
  database = openTestDatabase(paths.database);
  await upkeep.run(database, CONFIG_DEFAULTS, signal);
  expect([upkeep.isUnfinished, kept()]).toEqual([true, 7_001]);
  await upkeep.run(database, CONFIG_DEFAULTS, AbortSignal.abort());
  expect(upkeep.isUnfinished).toBe(false);
});
