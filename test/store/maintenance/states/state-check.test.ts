import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendInvariants } from '../../../../lib/store/maintenance/invariants.ts';
import { FileStateRows } from '../../../../lib/store/maintenance/states/file-state-rows.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';
import type { Payload } from '../../../delivery/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
  const payloads: Payload[] = [
    hook.write('t1', '/w/a.ts', 'const first = "alpha";\nconst second = "beta";\n'),
    hook.edit('t2', '/w/a.ts', 'const second = "beta";\n', 'const second = "gamma";\n'),
    hook.write('t3', '/w/b.ts', 'const other = "delta";\n'),
    hook.edit('t4', '/w/b.ts', 'const other = "delta";\n', ''),
  ];
  store.take(...payloads);
  expect(messages()).toEqual([]);
});
afterEach(() => store.remove());

const messages = () =>
  verifyDatabase(store.database.name).findings.map(({ table, message }) => `${table}: ${message}`);
const states = () => [...new FileStateRows(store.database).all()];
const eventOf = (call: string) =>
  String(store.value(`SELECT event_id FROM events WHERE tool_use_id = '${call}'`));
function mend(): void {
  mendInvariants(store.database);
  expect(messages()).toEqual([]);
}

describe('verify', () => {
  it('names the files whose state is damaged, and mending removes it', () => {
    store.database.exec("UPDATE file_states SET history = x'00112233' WHERE file_path = '/w/a.ts'");
    store.database.exec("UPDATE recent_changes SET change = x'01' WHERE seq = 1");
    expect(messages()).toEqual([
      'file_states: rows that cannot be read: 1 (/w/a.ts)',
      expect.stringMatching(/^recent_changes: rows that cannot be read: 1 \(1 of project \d+\)$/),
    ]);
    mend();
    expect(states().map(({ path }) => path)).toEqual(['/w/b.ts']);
  });

  it('finds damaged notes of lines; mending keeps the text', () => {
    store.database.exec("UPDATE file_states SET noted_lines = x'05' WHERE file_path = '/w/a.ts'");
    expect(messages()).toEqual(['file_states: rows that cannot be read: 1 (/w/a.ts)']);
    mend();
    expect(states()[0]?.history?.last.lines).toHaveLength(3);
  });

  it('finds authors of which no event is there; mending takes their lines only', () => {
    const event = eventOf('t2');
    store.database.exec(`DELETE FROM occurrences WHERE event_id = '${event}';
      DELETE FROM events WHERE event_id = '${event}'`);
    expect(messages()).toContain(
      'file_states: rows that name an author whose event is not there: 1 (/w/a.ts)',
    );
    mend();
    expect(states()[0]?.history?.last.lines).toEqual(['const first = "alpha";', '\u0000', '']);
  });

  it('accepts an author whose occurrence retention has counted, and no other', () => {
    store.database.exec(`DELETE FROM occurrences WHERE event_id = '${eventOf('t1')}'`);
    const finding = 'file_states: rows that name an occurrence that is gone and was not counted: 1';
    expect(messages()).toContain(finding);
    store.database.exec("INSERT INTO counters VALUES ('pruned_occurrences', 1)");
    expect(messages()).not.toContain(finding);
    store.database.exec("DELETE FROM counters WHERE name = 'pruned_occurrences'");
    mend();
    expect(store.value("SELECT value FROM counters WHERE name = 'pruned_occurrences'")).toBe(1);
    expect(states()[0]?.history?.last.lines[0]).toBe('const first = "alpha";');
  });

  it('finds what names a project or an occurrence that is not there', () => {
    store.database.exec(`UPDATE file_states SET project_id = 77 WHERE file_path = '/w/a.ts';
      INSERT INTO recent_changes SELECT 78, seq, change FROM recent_changes LIMIT 1;
      INSERT INTO occurrence_parents VALUES ('${eventOf('t2')}', 0, 9, 'nobody', 0, 0.5)`);
    expect(messages().toSorted()).toEqual([
      'file_states: rows that name a project that is not there: 1',
      'occurrence_parents: rows that name an occurrence that is not there: 1',
      'recent_changes: rows that name a project that is not there: 1',
    ]);
    mend();
  });
});
