import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  backUpDatabase,
  backupName,
  listBackups,
  pruneBackups,
} from '../../../lib/store/maintenance/backup.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { fillSample, NOW, Sample } from '../../cli/sample-database.ts';
import { fillWithMany, pagesOf, rowsOf, wipe } from './damage.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

let sample: Sample;
let to: string;
beforeEach(() => {
  sample = new Sample();
  to = join(sample.folder, 'backups', 'copy.db');
});
afterEach(() => sample.remove());

const backUp = (overrides = {}) =>
  backUpDatabase({ database: sample.paths.database, to, ...overrides });
const failure = (code: string) => expect.objectContaining({ code });
const filesBeside = () => readdirSync(join(to, '..'));

describe('a backup', () => {
  it('is a single private file with every row, also those that are in the WAL', async () => {
    fillSample(sample);
    const { tables, schemaVersion, bytes } = await backUp();
    expect(filesBeside()).toEqual(['copy.db']);
    expect((statSync(to).mode & 0o777).toString(8)).toBe('600');
    expect(tables.find(({ table }) => table === 'patterns')).toEqual({
      table: 'patterns',
      rows: 4,
    });
    expect(bytes).toBe(statSync(to).size);
    expect(schemaVersion).toBeGreaterThan(0);
    for (const { table } of tables) {
      expect(rowsOf(to, table)).toEqual(rowsOf(sample.paths.database, table));
    }
    // Readable where nothing can be written: no WAL is asked for.
    expect(readFileSync(to).readUInt16BE(18)).toBe(0x0101);
  });

  it('says that another program has the database locked, not that it is damaged', async () => {
    fillSample(sample);
    sample.close();
    const holder = new Sqlite(sample.paths.database);
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.exec('BEGIN EXCLUSIVE');
    await expect(backUp()).rejects.toEqual(failure('E_DATABASE_IN_USE'));
    holder.close();
    expect(filesBeside()).toEqual([]);
  });

  it('is of one moment, although rows are committed while it is made', async () => {
    fillWithMany(sample);
    const writer = openDatabase(sample.paths.database);
    const before = rowsOf(sample.paths.database, 'meta');
    const insert = writer.prepare("INSERT INTO meta VALUES (?, 'later')");
    let steps = 0;
    const { tables } = await backUp({ onProgress: () => void insert.run(`k${steps++}`) });
    writer.close();
    expect(steps).toBeGreaterThan(0);
    expect(tables.find(({ table }) => table === 'meta')).toEqual({
      table: 'meta',
      rows: before.size,
    });
    expect(rowsOf(to, 'meta')).toEqual(before);
    expect(rowsOf(sample.paths.database, 'meta').size).toBe(before.size + steps);
  });

  it('tells how far it is', async () => {
    fillWithMany(sample);
    const seen: number[][] = [];
    await backUp({ onProgress: (pages: number, total: number) => void seen.push([pages, total]) });
    expect(seen.length).toBeGreaterThan(0);
    for (const [pages = -1, total = -1] of seen) expect(pages).toBeLessThanOrEqual(total);
  });

  it('never overwrites a file', async () => {
    fillSample(sample);
    mkdirSync(join(to, '..'));
    writeFileSync(to, 'precious');
    await expect(backUp()).rejects.toThrowError(failure('E_FILE_EXISTS'));
    expect(readFileSync(to, 'utf8')).toBe('precious');
  });

  it('is not made where there is no database', async () => {
    await expect(backUp()).rejects.toThrowError(failure('E_NO_DATABASE'));
    expect(existsSync(join(to, '..'))).toBe(false);
  });

  it('is not made of a damaged database', async () => {
    fillWithMany(sample);
    const [leaf] = pagesOf(sample.paths.database, 'events', 'leaf');
    wipe(sample.paths.database, leaf?.page ?? 0);
    await expect(backUp()).rejects.toThrowError(failure('E_BACKUP_UNSOUND'));
    expect(filesBeside()).toEqual([]);
  });

  it('is not made of what is no database', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    writeFileSync(sample.paths.database, 'This is no database at all. '.repeat(300));
    await expect(backUp()).rejects.toThrowError(failure('E_BACKUP_UNSOUND'));
    expect(filesBeside()).toEqual([]);
  });

  it('leaves nothing when it is interrupted', async () => {
    fillWithMany(sample);
    const signal = AbortSignal.abort();
    await expect(backUp({ signal })).rejects.toThrowError(failure('E_INTERRUPTED'));
    expect(filesBeside()).toEqual([]);
  });

  it('removes what one left that was killed, and nothing else', async () => {
    fillSample(sample);
    mkdirSync(join(to, '..'));
    const gone = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    for (const name of [`.tracker-backup-${gone}`, `.tracker-backup-${gone}-journal`, 'notes']) {
      writeFileSync(join(to, '..', name), 'x');
    }
    writeFileSync(join(to, '..', '.tracker-backup-1'), 'of one that lives');
    await backUp();
    expect(filesBeside().toSorted()).toEqual(['.tracker-backup-1', 'copy.db', 'notes']);
  });

  it.runIf(canMount)('says so when the disk is full, and leaves no half file', async () => {
    fillWithMany(sample);
    const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      await expect(backUp({ to: join(disk, 'copy.db') })).rejects.toThrowError(
        expect.objectContaining({
          code: 'E_DISK_FULL',
          hint: expect.stringContaining('Make room'),
        }),
      );
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
  });

  it('counts the same in the copy of a database without our tables', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    const other = new Sqlite(sample.paths.database);
    other.exec('CREATE TABLE t (x)');
    other.close();
    await expect(backUp()).rejects.toThrowError(failure('E_BACKUP_UNSOUND'));
  });
});

describe('backups of a folder', () => {
  it('are named by their time, each anew', () => {
    expect(backupName(sample.folder, 'tracker.db', NOW)).toBe('tracker-20261124-120000.db');
    writeFileSync(join(sample.folder, 'tracker-20261124-120000.db'), '');
    expect(backupName(sample.folder, 'tracker.db', NOW)).toBe('tracker-20261124-120000-2.db');
  });

  it('are pruned oldest first, and files of others are left', () => {
    const names = [
      'tracker-20261123-120000.db',
      'tracker-20261124-120000.db',
      'tracker-20261124-120000-2.db',
      'tracker-20261124-120000-10.db',
    ];
    for (const name of [...names, 'tracker-mine.db', 'tracker.db']) {
      writeFileSync(join(sample.folder, name), '');
    }
    expect(listBackups(sample.folder, 'tracker.db')).toEqual(
      names.map((name) => join(sample.folder, name)),
    );
    expect(pruneBackups(sample.folder, 'tracker.db', 2)).toEqual(
      names.slice(0, 2).map((name) => join(sample.folder, name)),
    );
    expect(readdirSync(sample.folder).toSorted()).toEqual(
      [...names.slice(2), 'tracker-mine.db', 'tracker.db'].toSorted(),
    );
    expect(pruneBackups(sample.folder, 'tracker.db', 5)).toEqual([]);
  });
});
