import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import type { Database } from '../../../lib/store/database/sqlite.ts';
import type { Random } from '../../bench/measure/random.ts';
import type { DamageKind } from './damage-kind.ts';

/** A schema that was edited, indexes and search tables that disagree with the rows, and journals. */
export const SCHEMA_KINDS: readonly DamageKind[] = [
  {
    name: 'schema: indexes missing',
    make: edited((database, random) => {
      const name = anyName(database, "type = 'index' AND sql IS NOT NULL", random);
      if (random.oneOf([true, false])) database.exec(`DROP INDEX "${name}"`);
      else database.exec(`DELETE FROM sqlite_schema WHERE name = '${name}'`);
    }),
  },
  {
    name: 'schema: triggers missing or nonsense',
    make: edited((database, random) => {
      const name = anyName(database, "type = 'trigger'", random);
      const head = `CREATE TRIGGER ${name} AFTER INSERT ON events BEGIN`;
      const sql = random.oneOf([
        `${head} SELECT nonsense(); END`,
        `${head} DELETE FROM events; END`,
        `${head} nonsense END`,
        '',
      ]);
      if (sql === '') database.exec(`DROP TRIGGER "${name}"`);
      else database.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(sql, name);
    }),
  },
  {
    name: 'schema: tables renamed',
    make: edited((database, random) => {
      const name = anyName(database, "type = 'table' AND rootpage > 0", random);
      if (random.oneOf([true, false])) {
        database.exec(`ALTER TABLE "${name}" RENAME TO "another_${name}"`);
      } else {
        database.exec(`UPDATE sqlite_schema SET name = 'another', tbl_name = 'another',
          sql = replace(sql, 'TABLE ${name}', 'TABLE another') WHERE name = '${name}'`);
      }
    }),
  },
  {
    name: 'schema: sql that is null or odd',
    make: edited((database, random) => {
      const name = anyName(database, 'sql IS NOT NULL', random);
      const value = random.oneOf(['NULL', "'CREATE NONSENSE'", "x'00ff'", '7', "''"]);
      database.exec(`UPDATE sqlite_schema SET sql = ${value} WHERE name = '${name}'`);
    }),
  },
  {
    name: 'schema: root pages swapped or wrong',
    make: edited((database, random) => {
      const name = anyName(database, 'rootpage > 0', random);
      const other = anyName(database, 'rootpage > 0', random);
      const root = random.oneOf([
        `(SELECT rootpage FROM sqlite_schema WHERE name = '${other}')`,
        '0',
        '2',
        '99999',
        'NULL',
      ]);
      database.exec(`UPDATE sqlite_schema SET rootpage = ${root} WHERE name = '${name}'`);
    }),
  },
  {
    name: 'index entries missing or extra',
    make: (bases, to, random) => {
      copyFileSync(bases.whole, to);
      const [index, table] = withFile(to, (database) => anyIndex(database, random));
      const some = `"${table}" WHERE rowid % 7 = 3`;
      const isMissing = random.oneOf([true, false]);
      // While the index is of no row, it hears of nothing.
      const hide = (sql: string) =>
        withSchema(to, (database) =>
          database.exec(`UPDATE sqlite_schema SET sql = ${sql} WHERE name = '${index}'`),
        );
      if (isMissing)
        withFile(to, (database) =>
          database.exec(`CREATE TABLE kept AS SELECT rowid AS old, * FROM ${some}`),
        );
      if (isMissing) withFile(to, (database) => database.exec(`DELETE FROM ${some}`));
      hide("sql || ' WHERE 0'");
      withFile(to, (database) => {
        if (!isMissing) database.exec(`DELETE FROM ${some}`);
        else
          database.exec(
            `INSERT INTO "${table}" (rowid, ${columnsOf(database, table)}) SELECT * FROM kept; DROP TABLE kept`,
          );
      });
      hide("replace(sql, ' WHERE 0', '')");
    },
  },
  {
    name: 'search tables',
    make: edited((database, random) => {
      const name = anyName(database, "name GLOB '*_index_*' AND type = 'table'", random);
      const blob = random.oneOf(['zeroblob(40)', "x'ffffffff'", 'randomblob(60)']);
      const column = database
        .prepare<[string], string>(
          "SELECT name FROM pragma_table_info(?) WHERE name IN ('block', 'sz', 'v', 'pgno')",
        )
        .pluck()
        .get(name);
      if (column === undefined || random.oneOf([true, false, false]))
        database.exec(`DELETE FROM "${name}"`);
      else database.exec(`UPDATE "${name}" SET "${column}" = ${blob}`);
    }),
  },
  {
    name: 'rollback journal that is hot',
    make: (bases, to, random) => {
      const work = `${to}-work`;
      copyFileSync(bases.whole, work);
      withFile(work, (database) => {
        database.pragma('journal_mode = DELETE');
        database.pragma('cache_size = 5'); // so that pages are written before the end
        database.pragma('cache_spill = ON');
        database.exec(`BEGIN; UPDATE events SET received_at = received_at + ${random.between(1, 9)};
          DELETE FROM tool_calls`);
        copyFileSync(work, to);
        if (existsSync(`${work}-journal`)) copyFileSync(`${work}-journal`, `${to}-journal`);
        database.exec('ROLLBACK');
      });
      rmSync(work);
    },
  },
  {
    name: 'WAL of another database',
    make: (bases, to, random) => {
      const work = `${to}-work`;
      withFile(work, (database) => {
        database.pragma('auto_vacuum = INCREMENTAL');
        database.pragma('journal_mode = WAL');
        database.exec('CREATE TABLE events (a, b); CREATE TABLE other (c)');
        const insert = database.prepare('INSERT INTO events VALUES (?, ?)');
        for (let n = random.between(0, 200); n > 0; n--) insert.run(n, 'x'.repeat(n * 9));
        copyFileSync(`${work}-wal`, `${to}-wal`);
      });
      copyFileSync(bases.whole, to);
      for (const suffix of ['', '-wal', '-shm']) rmSync(work + suffix, { force: true });
    },
  },
  {
    name: 'journal of another database',
    make: (bases, to, random) => {
      copyFileSync(bases.whole, to);
      const bytes = Buffer.alloc(512 + random.between(0, 3) * 4_104);
      Buffer.from('d9d505f920a163d7', 'hex').copy(bytes);
      bytes.writeUInt32BE(Math.floor(bytes.length / 4_104), 8);
      bytes.writeUInt32BE(random.oneOf([0, 3, 9_999]), 16);
      bytes.writeUInt32BE(512, 20);
      bytes.writeUInt32BE(4_096, 24);
      writeFileSync(`${to}-journal`, bytes);
    },
  },
];

// --- internal ---

function withFile<T>(path: string, work: (database: Database) => T): T {
  const database = new Sqlite(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** A copy of the whole database that `edit` changes, by its schema table too. */
function edited(edit: (database: Database, random: Random) => void): DamageKind['make'] {
  return (bases, to, random) => {
    copyFileSync(bases.whole, to);
    withSchema(to, (database) => edit(database, random));
  };
}

function withSchema(path: string, edit: (database: Database) => void): void {
  withFile(path, (database) => {
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    edit(database);
  });
}

/** An index of all rows of a table that has row ids, and that table. */
function anyIndex(database: Database, random: Random): readonly [string, string] {
  const found = database
    .prepare<[], [string, string]>(
      `SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' AND sql NOT LIKE '% WHERE %'
         AND sql NOT LIKE '%UNIQUE%' AND tbl_name IN (SELECT name FROM pragma_table_list WHERE wr = 0) ORDER BY name`,
    )
    .raw()
    .all();
  return found[random.between(0, found.length - 1)] ?? ['', ''];
}

function columnsOf(database: Database, table: string): string {
  const names = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck();
  return names
    .all(table)
    .map((name) => `"${name}"`)
    .join(', ');
}

function anyName(database: Database, condition: string, random: Random): string {
  const names = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE ${condition} ORDER BY name`)
    .pluck()
    .all();
  return names[random.between(0, names.length - 1)] ?? '';
}
