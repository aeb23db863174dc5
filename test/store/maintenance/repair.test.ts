import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addVersion } from '../../../lib/authorship/state/file-history.ts';
import { noteMovedAside } from '../../../lib/store/database/meta.ts';
import { stageRepair } from '../../../lib/store/maintenance/repair.ts';
import type { Repair } from '../../../lib/store/maintenance/repair.ts';
import { putInPlace, stageBackup } from '../../../lib/store/maintenance/restore.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { HOUR, NOW, Sample } from '../../cli/sample-database.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { encodeState } from '../../../lib/store/writers/authorship/stored-state.ts';
import { fillWithMany, PAGE, pagesOf, rowsOf, wipe, write } from './damage.ts';

const SESSION = '77e0d4b2-2222-4222-8222-222222222222';

let sample: Sample;
let database: string;
let damaged: string;
beforeEach(() => {
  sample = new Sample();
  database = sample.paths.database;
  damaged = `${database}.corrupt-20261124T110000`;
});
afterEach(() => sample.remove());

const repairOf = (path: string): Repair => {
  const repair = stageRepair({ damaged: path, database });
  if (!repair) throw new Error('there was nothing to repair');
  return repair;
};

/** The first tracker.db, damaged and set aside, and a fresh one in its place. */
function setAside(name = 'events'): void {
  fillWithMany(sample, 500);
  renameSync(database, damaged);
  wipe(damaged, pagesOf(damaged, name, 'leaf')[2]?.page ?? 0);
  noteMovedAside(sample.database, { path: damaged, at: NOW, reason: 'malformed' });
}

function query(path: string, sql: string): unknown[] {
  const opened = new Sqlite(path, { readonly: true });
  try {
    return opened.prepare(sql).all();
  } finally {
    opened.close();
  }
}

/** Notes a proof, by which all of a session is recorded. */
function prove(path: string): void {
  const filled = openDatabase(path);
  filled
    .prepare("INSERT INTO transcript_proofs VALUES ('s', ?, 9, 1, 0, 2, 2, 2, 0, 0, 0, 0, '{}')")
    .run(NOW);
  filled.pragma('wal_checkpoint(TRUNCATE)');
  filled.close();
}

const STATES = 250;

/** Knows the text of more files than are read at a time. */
function fillFileStates(): void {
  const origin = { at: NOW, event: null, pieces: [] };
  const history = addVersion(undefined, {
    lines: ['one line', ''],
    authors: [null, null],
    ...origin,
  });
  const columns = encodeState(history, new Map());
  const insert = sample.database.prepare(
    'INSERT INTO file_states (file_path, touched_at, noted_lines, history) VALUES (?, ?, ?, ?)',
  );
  for (let n = 0; n < STATES; n++) {
    insert.run(`/w/app/${n}.ts`, NOW, columns.notedLines, columns.history);
  }
  sample.close();
}

describe('a repair', () => {
  it('has nothing to do with a sound database', () => {
    fillWithMany(sample, 10);
    expect(stageRepair({ damaged: database, database })).toBeUndefined();
    const left = readdirSync(sample.paths.data).filter((name) => !/-(?:wal|shm)$/.test(name));
    expect(left).toEqual(['tracker.db']);
  });

  it('builds an index anew where only that is damaged, and keeps every row', () => {
    fillWithMany(sample);
    const before = new Map(
      verifyDatabase(database).tables.map(({ table }) => [table, rowsOf(database, table)]),
    );
    sample.database.unsafeMode(true);
    sample.database.pragma('writable_schema = ON');
    // The index forgets a row: nothing SQLite itself would ever do.
    sample.database.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, '(at, tool_name, outcome, duration_ms)', '(at, tool_name, outcome, duration_ms) WHERE 0') WHERE name = 'tool_calls_by_time'",
    );
    sample.close();
    sample.database.exec("UPDATE tool_calls SET at = at + 1 WHERE tool_use_id = 'toolu_many_7'");
    sample.database.unsafeMode(true);
    sample.database.pragma('writable_schema = ON');
    sample.database.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, '(at, tool_name, outcome, duration_ms) WHERE 0', '(at, tool_name, outcome, duration_ms)') WHERE name = 'tool_calls_by_time'",
    );
    sample.close();
    const kinds = verifyDatabase(database).findings.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['index']));

    const repair = repairOf(database);
    expect(repair).toMatchObject({ method: 'reindex', tables: [], mended: [] });
    expect(repair.verification.findings).toEqual([]);
    for (const [table, rows] of before) {
      if (table !== 'tool_calls') expect(rowsOf(repair.path, table)).toEqual(rows);
    }
    expect(rowsOf(repair.path, 'tool_calls').size).toBe(3_004);
  });

  it('salvages what an unreadable index page hides', () => {
    fillWithMany(sample);
    wipe(database, pagesOf(database, 'sqlite_autoindex_events_1', 'leaf')[1]?.page ?? 0);
    const repair = repairOf(database);
    expect(repair.verification.findings).toEqual([]);
    expect(rowsOf(repair.path, 'events').size).toBe(3_000);
  });

  it.each(['file_states', 'events', 'sqlite_autoindex_events_1', 'tool_calls_by_time'])(
    'loses nothing where the pages of %s lead in a circle, and claims no more',
    (name) => {
      fillWithMany(sample, 500);
      fillFileStates();
      const { page = 0 } = pagesOf(database, name, 'internal')[0] ?? {};
      for (const to of [page, 1, 3]) {
        const pointer = Buffer.alloc(4);
        pointer.writeUInt32BE(to);
        write(database, (page - 1) * PAGE + 8, pointer);
        const { path, tables, verification } = repairOf(database);
        expect(verification.findings).toEqual([]);
        expect(tables.filter(({ lost }) => lost > 0)).toEqual([]);
        expect(rowsOf(path, 'events').size).toBe(500);
        expect(rowsOf(path, 'file_states').size).toBe(STATES);
      }
    },
  );

  it('loses the rows of a damaged page, and makes the rest agree with each other', () => {
    fillWithMany(sample);
    wipe(database, pagesOf(database, 'patterns', 'leaf')[0]?.page ?? 0);
    const repair = repairOf(database);
    expect(repair.method).toBe('salvage');
    expect(repair.verification.findings).toEqual([]);
    expect(repair.mended.map(({ table, rows }) => [table, rows])).toEqual([
      ['occurrences', 5],
      ['lineage_edges', 2],
    ]);
  });

  it('takes back what was proven of sessions, since rows of them may be lost', () => {
    fillWithMany(sample);
    prove(database);
    wipe(database, pagesOf(database, 'events', 'leaf')[5]?.page ?? 0);
    const { path } = repairOf(database);
    expect(query(path, 'SELECT at, bytes FROM transcript_proofs')).toEqual([{ at: 0, bytes: 9 }]);
  });

  it('leaves what was proven where nothing was lost', () => {
    fillWithMany(sample);
    prove(database);
    wipe(database, pagesOf(database, 'tool_calls_by_time', 'leaf')[0]?.page ?? 0);
    const { path, tables } = repairOf(database);
    expect(tables.filter(({ lost, damagedPages }) => lost + damagedPages > 0)).toEqual([]);
    expect(query(path, 'SELECT at FROM transcript_proofs')).toEqual([{ at: NOW }]);
  });

  it('forgets what a server was told of when events for it were lost', () => {
    fillWithMany(sample, 10);
    const filled = openDatabase(database);
    const outbox = new Outbox(filled, 'http');
    for (let n = 0; n < 200; n++) {
      const row = { eventType: 'pattern_created', sessionId: 's', lineageId: `l${n}` };
      const body = JSON.stringify({ pattern_id: `p${n}`, code: 'x'.repeat(200) });
      outbox.add({ ...row, eventId: `e${n}`, patternId: `p${n}`, body }, NOW);
      filled.prepare("INSERT INTO sink_patterns VALUES ('http', ?)").run(`p${n}`);
    }
    filled.pragma('wal_checkpoint(TRUNCATE)');
    filled.close();
    wipe(database, pagesOf(database, 'outbox', 'leaf')[1]?.page ?? 0);
    const { path } = repairOf(database);
    expect(query(path, 'SELECT count(*) > 100 AS many FROM outbox')).toEqual([{ many: 1 }]);
    expect(query(path, 'SELECT count(*) AS told FROM sink_patterns')).toEqual([{ told: 0 }]);
  });

  it('is put in place whole, and the damaged one is kept', () => {
    fillWithMany(sample);
    const { page = 0, cells = 0 } = pagesOf(database, 'events', 'leaf')[5] ?? {};
    wipe(database, page);
    const repair = repairOf(database);
    const aside = putInPlace(database, repair.path, NOW);
    expect(aside).toBe(`${database}.before-restore-20261124T120000`);
    expect(readdirSync(sample.paths.data).toSorted()).toEqual([
      'tracker.db',
      'tracker.db.before-restore-20261124T120000',
    ]);
    expect(rowsOf(database, 'events').size).toBe(3_000 - cells);
  });
});

describe('a backup that is restored', () => {
  it('proves nothing of what was recorded since', () => {
    fillWithMany(sample, 10);
    prove(database);
    const { path } = stageBackup(database, join(sample.paths.data, 'other.db'));
    expect(query(path, 'SELECT at FROM transcript_proofs')).toEqual([{ at: 0 }]);
    expect(query(database, 'SELECT at FROM transcript_proofs')).toEqual([{ at: NOW }]);
  });
});

describe('the repair of a database that was set aside', () => {
  it('adds what was recorded since, in the order of time', () => {
    setAside();
    const lost = 500 - salvagedEvents();
    sample.session(SESSION, {
      started_at: NOW,
      last_event_at: NOW + 5,
      ended_at: NOW + 5,
      prompts: 2,
    });
    sample.event('later-1', SESSION, 'Stop');
    sample.event('later-2', SESSION, 'SessionEnd');
    sample.close();
    const repair = repairOf(damaged);
    expect(repair).toMatchObject({ isMerged: true, method: 'salvage' });
    expect(repair.verification.findings).toEqual([]);
    const events = query(repair.path, 'SELECT event_id FROM events ORDER BY id DESC LIMIT 3');
    expect(events).toEqual([
      { event_id: 'later-2' },
      { event_id: 'later-1' },
      { event_id: 'many-499' },
    ]);
    expect(rowsOf(repair.path, 'events').size).toBe(502 - lost);
    const session = `SELECT started_at, last_event_at, ended_at, prompts, project_id IS NULL AS lost
      FROM sessions WHERE id = '${SESSION}'`;
    expect(query(repair.path, session)).toEqual([
      { started_at: NOW - 300_000, last_event_at: NOW + 5, ended_at: NOW + 5, prompts: 3, lost: 0 },
    ]);
  });

  const salvagedEvents = () => {
    const { tables, path } = repairOf(damaged);
    rmSync(path);
    return tables.find(({ table }) => table === 'events')?.salvaged ?? 0;
  };

  it('forgets the note about it', () => {
    setAside();
    sample.close();
    const repair = repairOf(damaged);
    expect(query(repair.path, "SELECT * FROM meta WHERE key = 'corrupt_moved_to'")).toEqual([]);
  });

  it.each([
    [1_000, 2_000, 1_000],
    [3_000, 2_000, 2_000], // the damaged one was of an earlier schema until now
  ])('counts redactions since %d and since %d: %d', (damagedSince, since, expected) => {
    const count = (at: number, rows: string) => {
      sample.database.exec(`UPDATE meta SET value = '${at}' WHERE key = 'redactions_counted_since';
        INSERT INTO meta VALUES ('redaction_rescan', '{"stage":${at}}');
        INSERT INTO redaction_counts VALUES ${rows}`);
      sample.close();
    };
    count(damagedSince, "('2026-11-23', '/w/app', 'jwt', 2, 0), ('2026-11-24', '', 'jwt', 1, 0)");
    setAside();
    count(since, "('2026-11-24', '', 'jwt', 4, 0)");
    const { path, tables } = repairOf(damaged);
    expect(tables.find(({ table }) => table === 'meta')).toMatchObject({
      lost: 0,
      damagedPages: 0,
    });
    // A rescan that was interrupted begins again, because it would pass over what was added.
    expect(query(path, "SELECT key, value FROM meta WHERE key LIKE 'redact%'")).toEqual([
      { key: 'redactions_counted_since', value: String(expected) },
    ]);
    expect(query(path, 'SELECT day, count FROM redaction_counts ORDER BY day')).toEqual([
      { day: '2026-11-23', count: 2 },
      { day: '2026-11-24', count: 5 },
    ]);
  });

  it('gives projects that both know one id', () => {
    setAside();
    const other = sample.project('/w/new', 'new');
    const site = sample.project('/w/site', 'site');
    sample.session('s-new', { project_id: other });
    sample.session('s-site', { project_id: site });
    sample.close();
    const repair = repairOf(damaged);
    const sql = `SELECT sessions.id, projects.root FROM sessions JOIN projects ON projects.id = project_id
      WHERE sessions.id LIKE 's-%' ORDER BY 1`;
    expect(query(repair.path, sql)).toEqual([
      { id: 's-new', root: '/w/new' },
      { id: 's-site', root: '/w/site' },
    ]);
    expect(query(repair.path, 'SELECT count(*) AS n FROM projects')).toEqual([{ n: 3 }]);
  });

  it('joins a call that began in the one and ended in the other', () => {
    setAside();
    sample.session(SESSION);
    sample.toolCall(SESSION, 'toolu_3', {
      tool_name: 'Read',
      outcome: 'ok',
      certainty: 2,
      ended_at: NOW,
      at: NOW,
    });
    sample.close();
    const sql =
      "SELECT outcome, summary, ended_at, at FROM tool_calls WHERE tool_use_id = 'toolu_3'";
    expect(query(repairOf(damaged).path, sql)).toEqual([
      { outcome: 'ok', summary: '/w/site/index.html', ended_at: NOW, at: NOW - 120_000 },
    ]);
  });

  it('knows a pattern that came again as applied, and its children as of its lineage', () => {
    setAside();
    const code = 'export function push() {\n  return 3;\n}\n';
    sample.session('s', {});
    sample.pattern('7cffffffffffffff', code, { first_seen_at: NOW, last_seen_at: NOW });
    sample.occurrence('7cffffffffffffff', 'later-1', { session_id: 's', at: NOW });
    sample.pattern('child00000000000', 'x', {
      origin: 'modified',
      generation: 2,
      lineage_id: '7cffffffffffffff',
      first_seen_at: NOW,
    });
    sample.edge('child00000000000', '7cffffffffffffff');
    sample.occurrence('child00000000000', 'later-2', {
      action: 'modified',
      session_id: 's',
      at: NOW,
    });
    sample.close();
    const { path, verification } = repairOf(damaged);
    expect(verification.findings).toEqual([]);
    const patterns = `SELECT id, origin, generation, lineage_id AS lineage, occurrences, last_seen_at - ${NOW} AS last
      FROM patterns WHERE id IN ('7cffffffffffffff', 'child00000000000') ORDER BY id`;
    const lineage = '19aa52c0de77b841';
    expect(query(path, patterns)).toEqual([
      {
        id: '7cffffffffffffff',
        origin: 'modified',
        generation: 3,
        lineage,
        occurrences: 2,
        last: 0,
      },
      {
        id: 'child00000000000',
        origin: 'modified',
        generation: 4,
        lineage,
        occurrences: 1,
        last: -60_000,
      },
    ]);
    const actions =
      "SELECT action FROM occurrences WHERE pattern_id = '7cffffffffffffff' ORDER BY at";
    expect(query(path, actions)).toEqual([{ action: 'modified' }, { action: 'applied' }]);
  });

  it('changes nothing when it is done a second time', () => {
    setAside();
    sample.session(SESSION, { started_at: NOW, last_event_at: NOW, prompts: 2 });
    sample.event('later-1', SESSION, 'Stop');
    sample.database.exec("INSERT INTO counters VALUES ('ingested', 7)");
    sample.close();
    putInPlace(database, repairOf(damaged).path, NOW);
    const tables = verifyDatabase(database).tables.map(({ table }) => table);
    const once = tables.map((table) => rowsOf(database, table));
    const again = repairOf(damaged);
    expect(tables.map((table) => rowsOf(again.path, table))).toEqual(once);
  });

  it('waits for the present one to be repaired first', () => {
    setAside();
    sample.close();
    wipe(database, 1);
    expect(() => repairOf(damaged)).toThrowError(
      expect.objectContaining({ code: 'E_DATABASE_CORRUPT' }),
    );
    expect(existsSync(join(sample.paths.data, `tracker.db.next-${process.pid}`))).toBe(false);
  });

  it('needs no present one', () => {
    setAside();
    sample.close();
    rmSync(database);
    const repair = repairOf(damaged);
    expect(repair.isMerged).toBe(false);
    expect(putInPlace(database, repair.path, NOW - HOUR)).toBeUndefined();
    expect(verifyDatabase(database).findings).toEqual([]);
  });
});
