import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillWithMany, pagesOf, wipe } from '../store/maintenance/damage.ts';
import { acquireProcessLock } from '../../lib/store/database/process-lock.ts';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { fillSample, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
let copy: string;
beforeEach(() => {
  sample = new Sample();
  copy = join(sample.folder, 'copy.db');
});
afterEach(() => sample.remove());

const patterns = () => sample.database.prepare('SELECT count(*) FROM patterns').pluck().get();
const files = () => readdirSync(sample.paths.data).filter((name) => name.startsWith('tracker.db'));

describe('restore', () => {
  it('puts a backup in place, keeps what was there, and says both', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    sample.pattern('ffffffffffffffff', 'later', { occurrences: 0 });
    sample.close();
    const { exitCode, out, err } = await run(sample, 'restore copy.db --yes');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out.replaceAll(sample.folder, '~').replace(/[\d.]+ kB, schema \d+/, '… kB, schema …'))
      .toMatchInlineSnapshot(`
      "~/copy.db: … kB, schema …
      TABLE          ROWS
      lineage_edges     2
      meta              1
      occurrences       5
      patterns          4
      projects          2
      sessions          3
      tool_calls        4
      Restored. The previous database is kept as ~/.claude/hooks/pattern-tracker/data/tracker.db.before-restore-20261124T120000.
      "
    `);
    expect(files()).toEqual(['tracker.db', 'tracker.db.before-restore-20261124T120000']);
    expect((statSync(sample.paths.database).mode & 0o777).toString(8)).toBe('600');
    expect(patterns()).toBe(4);
    const kept = new Sqlite(join(sample.paths.data, 'tracker.db.before-restore-20261124T120000'));
    expect(kept.prepare('SELECT count(*) FROM patterns').pluck().get()).toBe(5);
    kept.close();
    expect(existsSync(copy)).toBe(true);
  });

  it('says that a file is not there before it asks anything', async () => {
    const { exitCode, err } = await run(sample, 'restore /nope');
    expect([exitCode, err]).toEqual([1, expect.stringContaining('/nope')]);
    expect(err).not.toContain('--yes');
  });

  it('prints the same for programs', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    sample.close();
    const { out } = await run(sample, 'restore copy.db --yes --json');
    expect(JSON.parse(out)).toEqual({
      restored: copy,
      schema_version: expect.any(Number),
      rows: expect.objectContaining({ patterns: 4 }),
      kept_as: `${sample.paths.database}.before-restore-20261124T120000`,
    });
  });

  it('names the newest backup of a folder before it asks', async () => {
    fillSample(sample);
    mkdirSync(join(sample.folder, 'backups'));
    expect((await run(sample, 'restore backups')).err).toMatch(
      /is a folder\n {2}It holds no backup/,
    );
    await run(sample, 'backup backups/tracker-1.db');
    await run(sample, 'backup backups/tracker-2.db');
    expect((await run(sample, 'restore backups')).err).toMatch(
      /is a folder\n {2}Name a backup in it, such as .*tracker-2\.db\.\n/,
    );
  });

  it('works where there is no database, nor a folder for it', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    const other = new Sample();
    try {
      const { exitCode, out } = await run(other, `restore ${copy} --yes --json`);
      expect([exitCode, JSON.parse(out)]).toMatchObject([0, { kept_as: null }]);
      expect(other.database.prepare('SELECT count(*) FROM patterns').pluck().get()).toBe(4);
    } finally {
      other.remove();
    }
  });

  it('asks nobody where there is no terminal, and needs --yes', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    const { exitCode, err } = await run(sample, 'restore copy.db');
    expect([exitCode, err]).toEqual([
      2,
      'error: there is nobody to ask\n  Give --yes if you are sure.\n',
    ]);
    expect(files().filter((name) => name.includes('before'))).toEqual([]);
  });

  it('leaves all as it is when the backup is damaged', async () => {
    fillWithMany(sample, 500);
    await run(sample, 'backup copy.db');
    wipe(copy, pagesOf(copy, 'events', 'leaf')[1]?.page ?? 0);
    const before = readFileSync(sample.paths.database);
    const { exitCode, err } = await run(sample, 'restore copy.db --yes');
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /copy\.db is damaged: .*\n {2}Nothing was changed\. `pattern-tracker repair/,
    );
    expect(readFileSync(sample.paths.database).equals(before)).toBe(true);
    expect(files().filter((name) => /next|before/.test(name))).toEqual([]);
  });

  it('refuses what is no backup of ours', async () => {
    fillSample(sample);
    writeFileSync(copy, 'some text '.repeat(999));
    expect((await run(sample, 'restore copy.db --yes')).err).toContain('file is not a database');
    const other = join(sample.folder, 'other.db');
    new Sqlite(other).exec('CREATE TABLE t (x)').close();
    expect((await run(sample, 'restore other.db --yes')).err).toContain(
      'is not a database of pattern-tracker',
    );
    expect((await run(sample, 'restore nothing.db --yes')).err).toContain('there is no file');
    expect(patterns()).toBe(4);
  });

  it('refuses a backup of a newer version', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    const newer = new Sqlite(copy);
    newer.pragma('user_version = 99');
    newer.close();
    const { exitCode, err } = await run(sample, 'restore copy.db --yes');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringMatching(
        /written by a newer version \(schema 99.*\n {2}Install that version first/,
      ),
    ]);
  });

  it('removes the journal of a database that is gone, which would be played into the new one', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    sample.close();
    writeFileSync(`${sample.paths.database}-wal`, 'left over');
    const { exitCode } = await run(sample, 'restore copy.db --yes');
    expect(exitCode).toBe(0);
    expect(patterns()).toBe(4);
  });

  it('gives the lock back, and leaves no sign of a courier', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    sample.close();
    await run(sample, 'restore copy.db --yes');
    expect(existsSync(sample.paths.courierPid)).toBe(false);
    expect((statSync(sample.paths.courierLock).mode & 0o777).toString(8)).toBe('600');
    const lock = acquireProcessLock(sample.paths.courierLock, 0);
    expect(lock).toBeDefined();
    lock?.release();
  });
});
