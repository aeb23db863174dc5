import { statSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readInstallation } from '../../lib/cli/installation.ts';
import { loadConfig } from '../../lib/config/config-file.ts';
import { checkFacts } from '../../lib/health/checks/check-facts.ts';
import { databaseSound } from '../../lib/health/checks/database.ts';
import { foreignFiles } from '../../lib/health/checks/ownership/foreign-files.ts';
import { usersOf } from '../../lib/health/checks/wal-readers.ts';
import { Sample } from '../cli/sample-database.ts';
import { testEnvironment } from '../cli/test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

function checkDatabase() {
  const { cli } = testEnvironment(sample, { env: { HOME: sample.folder } });
  const installation = readInstallation(cli, undefined);
  return databaseSound(checkFacts(cli, { installation, config: loadConfig(cli.paths) }));
}

it('warns of a WAL far beyond its limit', () => {
  sample.session('s1');
  const wal = `${sample.paths.database}-wal`;
  expect(statSync(wal).size).toBeGreaterThan(0);
  expect(checkDatabase()).toMatchObject({ status: 'ok' });
  truncateSync(wal, 40 * 1024 * 1024);
  expect(checkDatabase()).toMatchObject({
    status: 'warn',
    found: expect.stringContaining(
      'sound, but 41.9 MB of changes cannot be moved into it',
    ) as string,
  });
});

it.runIf(process.platform === 'linux')('names the processes that have a database open', () => {
  sample.session('s1');
  const pids = () => usersOf(sample.paths.database, []).map(({ pid }) => pid);
  expect(pids()).toEqual([process.pid]);
  expect(usersOf(sample.paths.database, [process.pid])).toEqual([]);
  sample.close();
  expect(pids()).toEqual([]);
});

it('names the owner of files that belong to somebody else, unless root asks', () => {
  sample.session('s1');
  const uid = statSync(sample.paths.database).uid;
  const who = uid === 0 ? 'root' : `another user (uid ${uid})`;
  expect(foreignFiles(sample.paths, uid)).toBeUndefined();
  expect(foreignFiles(sample.paths, 0)).toBeUndefined();
  expect(foreignFiles(sample.paths, uid + 1)).toEqual({
    text: `${sample.paths.data} belongs to ${who}`,
    hint: `Make it yours: sudo chown -R "$(id -u)" '${sample.paths.data}'`,
  });
});
