import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { DAY, fillSample, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
let folder: string;
beforeEach(() => {
  sample = new Sample();
  folder = join(sample.paths.data, 'backups');
});
afterEach(() => sample.remove());

const FILE = 'tracker-20261124-120000.db';

describe('backup', () => {
  it('copies the database into data/backups/ and says what is in the copy', async () => {
    fillSample(sample);
    const { exitCode, out, err } = await run(sample, 'backup');
    expect([exitCode, err]).toEqual([0, '']);
    expect(
      out.replace(sample.paths.data, 'data').replace(/[\d.]+ kB, schema \d+/, '… kB, schema …'),
    ).toMatchInlineSnapshot(`
      "Backed up to data/backups/tracker-20261124-120000.db: … kB, schema ….
      TABLE          ROWS
      lineage_edges     2
      meta              1
      occurrences       5
      patterns          4
      projects          2
      sessions          3
      tool_calls        4
      "
    `);
    expect(readdirSync(folder)).toEqual([FILE]);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    expect((statSync(join(folder, FILE)).mode & 0o777).toString(8)).toBe('600');
  });

  it('prints for programs where it is and how many rows each table has', async () => {
    fillSample(sample);
    const { out } = await run(sample, 'backup copy.db --json');
    expect(JSON.parse(out)).toEqual({
      path: join(sample.folder, 'copy.db'),
      bytes: statSync(join(sample.folder, 'copy.db')).size,
      schema_version: expect.any(Number),
      rows: expect.objectContaining({ patterns: 4, sessions: 3, outbox: 0 }),
      pruned: [],
    });
  });

  it('copies the database of a tenant, named after it, and brings it back', async () => {
    const tenants = join(sample.folder, 'tenants');
    mkdirSync(tenants);
    const database = join(tenants, 'team-a.db');
    openDatabase(database).close();
    const option = `--database ${database}`;
    await run(sample, `backup ${option} --keep 1`);
    const [name = ''] = readdirSync(join(tenants, 'backups'));
    expect(name).toBe('team-a-20261124-120000.db');
    const changed = openDatabase(database);
    changed.exec("INSERT INTO projects (root, name) VALUES ('/w', 'w')");
    changed.close();
    const { exitCode } = await run(
      sample,
      `restore ${join(tenants, 'backups', name)} ${option} --yes`,
    );
    expect(exitCode).toBe(0);
    const restored = openDatabase(database);
    expect(restored.prepare('SELECT count(*) FROM projects').pluck().get()).toBe(0);
    restored.close();
    expect(existsSync(sample.paths.database)).toBe(false);
  });

  it('gives a copy its name in a folder that is named', async () => {
    fillSample(sample);
    mkdirSync(join(sample.folder, 'usb'));
    await run(sample, 'backup usb');
    expect(readdirSync(join(sample.folder, 'usb'))).toEqual([FILE]);
  });

  it('makes no folder for a file that is named in one', async () => {
    fillSample(sample);
    const { exitCode, err } = await run(sample, 'backup nowhere/copy.db');
    expect(exitCode).toBe(2);
    expect(err).toContain(`there is no folder ${join(sample.folder, 'nowhere')}`);
    expect(existsSync(join(sample.folder, 'nowhere'))).toBe(false);
  });

  it('takes a folder that is not there for a disk that is not mounted', async () => {
    fillSample(sample);
    const { exitCode, err } = await run(sample, 'backup usb/');
    expect([exitCode, err]).toEqual([
      2,
      `error: there is no folder ${join(sample.folder, 'usb')}\n  Create it, or mount the disk that has it.\n`,
    ]);
    expect(existsSync(join(sample.folder, 'usb'))).toBe(false);
  });

  it('keeps as many as --keep says, and only its own are removed', async () => {
    fillSample(sample);
    for (let day = 3; day >= 0; day--) {
      await run(sample, 'backup', { now: () => NOW - day * DAY });
    }
    writeFileSync(join(folder, 'mine.db'), '');
    const { out } = await run(sample, 'backup --keep 2', { now: () => NOW + DAY });
    expect(out).toMatch(/Removed 3 older backups\.\n$/);
    expect(readdirSync(folder).toSorted()).toEqual(['mine.db', FILE, 'tracker-20261125-120000.db']);
  });

  it('refuses --keep with a name, and a --keep of nothing', async () => {
    fillSample(sample);
    expect((await run(sample, 'backup copy.db --keep 2')).exitCode).toBe(2);
    expect((await run(sample, 'backup --keep 0')).exitCode).toBe(2);
    expect((await run(sample, 'backup --keep few')).err).toContain('--keep is "few"');
    expect(existsSync(folder)).toBe(false);
  });

  it('never overwrites a file', async () => {
    fillSample(sample);
    await run(sample, 'backup copy.db');
    const { exitCode, err } = await run(sample, 'backup copy.db');
    expect([exitCode, err]).toEqual([
      1,
      `error: ${join(sample.folder, 'copy.db')} already exists\n  Name another file; a backup is never overwritten.\n`,
    ]);
  });

  it('says when there is nothing to back up', async () => {
    const { exitCode, err } = await run(sample, 'backup');
    expect([exitCode, err]).toEqual([1, `error: there is no file ${sample.paths.database}\n`]);
  });

  it('ends at Ctrl-C and leaves nothing', async () => {
    fillSample(sample);
    const { exitCode, err } = await run(sample, 'backup', {
      interruption: () => AbortSignal.abort(),
    });
    expect(exitCode).toBe(1);
    expect(err).toContain('interrupted');
    expect(readdirSync(folder)).toEqual([]);
  });
});
