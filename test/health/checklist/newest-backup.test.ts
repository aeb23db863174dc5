import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { newestBackup } from '../../../lib/health/checklist/checklist-facts.ts';
import { noteBackup } from '../../../lib/store/database/meta.ts';
import { backupName } from '../../../lib/store/maintenance/backup.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const NOON = Date.UTC(2026, 10, 28, 12);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backups-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['a second before', -1_000, 'here'],
  ['in the same second', 900, 'here'], // it is named by that second, and was made after
  ['a second after', 1_000, 'elsewhere'],
])('the newest backup is found beside one that was put elsewhere %s', (_, later, newest) => {
  const paths = trackerPaths(folder);
  const backups = join(paths.data, 'backups');
  mkdirSync(backups, { recursive: true });
  const here = join(backups, backupName(backups, paths.database, NOON));
  writeFileSync(here, '');
  const database = openTestDatabase(paths.database);
  noteBackup(database, { path: '/elsewhere', at: NOON + later });
  database.close();
  expect(newestBackup({ paths })?.path).toBe(newest === 'here' ? here : '/elsewhere');
});
