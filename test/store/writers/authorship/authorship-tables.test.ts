import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorshipStore } from '../../../../lib/authorship/state/authorship-store.ts';
import type { FileHistory } from '../../../../lib/authorship/state/file-history.ts';
import { openDatabase } from '../../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../../support/test-database.ts';
import type { Database } from '../../../../lib/store/database/database.ts';
import {
  AuthorshipTables,
  MAX_NOTED_LINES,
} from '../../../../lib/store/writers/authorship/authorship-tables.ts';
import { authorshipStoreContract } from '../../../contracts/authorship-store-contract.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authorship-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function history(text: string, at = 1): FileHistory {
  return { last: { lines: [text], authors: [null], at, event: null, pieces: [] }, past: [] };
}

/** So many different characters that they hardly get shorter when they are compressed. */
function noise(length: number): string {
  let value = 1;
  return Array.from({ length }, () => {
    value = (value * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (value % 90));
  }).join('');
}

function counter(name: string): unknown {
  return database.prepare('SELECT value FROM counters WHERE name = ?').pluck().get(name);
}

for (const projectId of [null, 7]) {
  authorshipStoreContract(`AuthorshipTables, project ${projectId}`, () => {
    let tables = new AuthorshipTables(database);
    return {
      store: tables.of(projectId),
      again: () => {
        tables.flush();
        tables = new AuthorshipTables(database);
        return tables.of(projectId);
      },
    };
  });
}

describe('AuthorshipTables', () => {
  it('knows each file once, and the lines and changes of each project', () => {
    const tables = new AuthorshipTables(database);
    tables.of(1).keepHistory('/a', history('one'));
    tables.of(1).noteLine('letone=1', { author: 'e-0', path: '/a' });
    expect(tables.of(2).history('/a')).toEqual(history('one'));
    expect(tables.of(2).line('letone=1')).toBeUndefined();
    expect(tables.of(2).recentChanges()).toEqual([]);
  });

  it('writes nothing before it is flushed, and nothing of what was rolled back', () => {
    const tables = new AuthorshipTables(database);
    tables.of(1).keepHistory('/a', history('one'));
    expect(new AuthorshipTables(database).of(1).history('/a')).toBeUndefined();
    tables.forget();
    tables.flush();
    expect(tables.of(1).history('/a')).toBeUndefined();
  });

  it('reads again what another process has changed', () => {
    const tables = new AuthorshipTables(database);
    const inBatch = (work: (store: AuthorshipStore) => void): void => {
      database.transaction(() => {
        tables.begin();
        work(tables.of(1));
        tables.flush();
      })();
    };
    inBatch((store) => {
      store.keepHistory('/a', history('one'));
      store.noteLine('letone=1', { author: 'e-0', path: '/a' });
    });
    inBatch((store) => expect(store.line('letone=1')).toBeDefined());
    const other = openDatabase(join(folder, 'tracker.db'));
    other.exec('DELETE FROM file_states');
    other.close();
    inBatch((store) => {
      expect(store.history('/a')).toBeUndefined();
      expect(store.line('letone=1')).toBeUndefined();
    });
  });

  it('does not keep a file that is too large, and counts it', () => {
    const tables = new AuthorshipTables(database);
    tables.of(1).keepHistory('/a', history('one'));
    tables.flush();
    tables.of(1).keepHistory('/a', history(noise(700_000)));
    tables.flush();
    expect(tables.of(1).history('/a')).toBeUndefined();
    expect(database.prepare('SELECT count(*) FROM file_states').pluck().get()).toBe(0);
    expect(counter('dropped_states')).toBe(1);
  });

  it('writes a file that no longer fits in memory', () => {
    const tables = new AuthorshipTables(database);
    const text = 'x'.repeat(3_000_000);
    for (const path of ['/a', '/b', '/c', '/d']) tables.of(1).keepHistory(path, history(text));
    expect(database.prepare('SELECT file_path FROM file_states').pluck().all()).toEqual([
      '/a',
      '/b',
    ]);
    expect(tables.of(1).history('/a')).toEqual(history(text));
  });

  it('drops the oldest lines of a file, and counts them', () => {
    const tables = new AuthorshipTables(database);
    tables.of(1).keepHistory('/a', history('one'));
    for (let line = 0; line < MAX_NOTED_LINES + 2; line += 1) {
      tables.of(1).noteLine(`line${line}`, { author: `e-${line}`, path: '/a' });
    }
    tables.flush();
    const again = new AuthorshipTables(database).of(1);
    expect(again.line('line1')).toBeUndefined();
    expect(again.line('line2')).toEqual({ author: 'e-2', path: '/a' });
    expect(counter('dropped_lines')).toBe(2);
  });

  it('takes damaged rows for unknown', () => {
    const tables = new AuthorshipTables(database);
    tables.of(1).keepHistory('/a', history('one'));
    tables.of(1).noteLine('letone=1', { author: 'e-0', path: '/a' });
    tables.of(1).noteChange({
      event: 'e',
      path: '/a',
      at: 1,
      added: true,
      isFirst: true,
      continues: undefined,
      gone: { lines: [], authors: [] },
    });
    tables.flush();
    database.exec(`UPDATE file_states SET history = x'00', noted_lines = x'ff0102';
      UPDATE recent_changes SET change = x'01'`);
    const again = new AuthorshipTables(database).of(1);
    expect(again.history('/a')).toBeUndefined();
    expect(again.line('letone=1')).toBeUndefined();
    expect(again.recentChanges()).toEqual([]);
  });
});
