import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillWithMany, pagesOf, wipe } from '../store/maintenance/damage.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  fillWithMany(sample, 500);
});
afterEach(() => sample.remove());

/** Wipes a page of events; how many there were on it. */
function damage(path = sample.paths.database): number {
  const { page = 0, cells = 0 } = pagesOf(path, 'events', 'leaf')[4] ?? {};
  wipe(path, page);
  return cells;
}

const stable = (text: string) =>
  text.replaceAll(sample.paths.data, 'data').replaceAll(/(Tree|page) \d+/g, '$1 …');

describe('repair', () => {
  it('has nothing to do with a sound database', async () => {
    const { exitCode, out } = await run(sample, 'repair --yes');
    expect([exitCode, stable(out)]).toEqual([0, 'Nothing is wrong with data/tracker.db.\n']);
  });

  it.each(['courierPause', 'courierLock'] as const)(
    'does not wait for a FIFO in the place of %s, and names a folder there',
    async (lock) => {
      const path = sample.paths[lock];
      rmSync(path, { force: true });
      execFileSync('mkfifo', [path]);
      const { exitCode, out } = await run(sample, 'repair --yes');
      expect([exitCode, stable(out)]).toEqual([0, 'Nothing is wrong with data/tracker.db.\n']);
      rmSync(path, { force: true });
      mkdirSync(path);
      const { exitCode: code, err } = await run(sample, 'repair --yes');
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`${path}: it is a folder, not a file`),
      ]);
    },
  );

  it('shows what is salvaged and what is lost, and puts it in place', async () => {
    expect(damage()).toBe(21);
    expect((await run(sample, 'verify')).exitCode).toBe(1);
    const { exitCode, out, err } = await run(sample, 'repair --yes');
    expect([exitCode, err]).toEqual([0, '']);
    expect(stable(out)).toMatchInlineSnapshot(`
      "data/tracker.db
      Damage: Tree … page …: btreeInitPage() returns error code 11, and 2 findings more
      TABLE          SALVAGED  WITHOUT A PART  LOST  DAMAGED PAGES
      events              479               0    21              1
      lineage_edges         2               0     0              0
      meta                  1               0     0              0
      occurrences           5               0     0              0
      patterns              4               0     0              0
      projects              2               0     0              0
      sessions              3               0     0              0
      tool_calls          504               0     0              0

      The repaired database
      TABLE          ROWS
      events          479
      lineage_edges     2
      meta              1
      occurrences       5
      patterns          4
      projects          2
      sessions          3
      tool_calls      504
      Repaired, but at least 21 rows could not be saved. The previous database is kept as data/tracker.db.before-restore-20261124T120000.
      "
    `);
    expect((await run(sample, 'verify')).exitCode).toBe(0);
  });

  it('prints the same for programs', async () => {
    const lost = damage();
    const { out } = await run(sample, 'repair --yes --json');
    expect(JSON.parse(out)).toMatchObject({
      repaired: sample.paths.database,
      method: 'salvage',
      tables: expect.arrayContaining([
        { table: 'events', salvaged: 500 - lost, partial: 0, lost, damaged_pages: 1 },
      ]),
      stray_pages: 0,
      merged: false,
      mended: [],
      rows: expect.objectContaining({ events: 500 - lost, tool_calls: 504 }),
      kept_as: `${sample.paths.database}.before-restore-20261124T120000`,
    });
  });

  it('joins one that was set aside with the present one', async () => {
    const aside = `${sample.paths.database}.corrupt-20261124T110000`;
    const lost = damage();
    renameSync(sample.paths.database, aside);
    sample.session('later');
    sample.event('later', 'later', 'Stop');
    sample.close();
    const before = readFileSync(aside);
    const { exitCode, out } = await run(sample, `repair ${aside} --yes`);
    expect(exitCode).toBe(0);
    expect(stable(out)).toContain('Added: what data/tracker.db has recorded since\n');
    expect(sample.database.prepare('SELECT count(*) FROM events').pluck().get()).toBe(501 - lost);
    expect(readFileSync(aside).equals(before)).toBe(true);
  });

  it('joins a backup with what was recorded before anybody came to restore it', async () => {
    await run(sample, 'backup copy.db');
    rmSync(sample.paths.database);
    rmSync(`${sample.paths.database}-wal`, { force: true });
    rmSync(`${sample.paths.database}-shm`, { force: true });
    sample.session('later');
    sample.event('later', 'later', 'Stop');
    sample.close();
    const { out } = await run(sample, 'repair copy.db --yes --json');
    expect(JSON.parse(out)).toMatchObject({ method: 'none', merged: true });
    expect(sample.database.prepare('SELECT count(*) FROM events').pluck().get()).toBe(501);
  });

  it('changes nothing without --yes where there is nobody to ask', async () => {
    damage();
    const before = readdirSync(sample.paths.data);
    expect((await run(sample, 'repair')).exitCode).toBe(2);
    expect(readdirSync(sample.paths.data)).toEqual(before);
  });

  it('says of other files that they are none of ours', async () => {
    const { exitCode, err } = await run(sample, 'repair nothing.db --yes');
    expect([exitCode, basename(err.trim())]).toEqual([1, 'nothing.db']);
  });
});
