import { mkdtempSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mergeLater } from '../../../../lib/store/maintenance/merge.ts';
import { FileStateRows } from '../../../../lib/store/maintenance/states/file-state-rows.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';
import type { Payload } from '../../../delivery/test-store.ts';

const FIRST = 'export const first = "alpha";\n';
const SECOND = 'export const second = "beta";\n';
const OWN = 'export const own = "delta";\n';
const THIRD = 'export const third = "gamma";\n';

let older: TestStore;
let later: TestStore;
let project: string;
beforeEach(() => {
  project = mkdtempSync('/tmp/merged-');
  older = new TestStore();
  later = new TestStore();
});
afterEach(() => {
  older.remove();
  later.remove();
  rmSync(project, { recursive: true });
});

function take(store: TestStore, at: number, ...payloads: Payload[]): void {
  store.arrive(payloads.map((payload, n) => ({ payload, at: at + n })));
}
function stateOf(path: string) {
  const state = new FileStateRows(older.database).of(path);
  const callOf = (author: string | null) =>
    author &&
    older.value(`SELECT tool_use_id FROM events WHERE event_id = '${author.slice(0, 32)}'`);
  const { lines = [], authors = [] } = state?.history?.last ?? {};
  return lines.map((line, index) => [line, callOf(authors[index] ?? null)]);
}
const dump = () =>
  JSON.stringify(
    ['file_states', 'recent_changes', 'occurrence_parents'].map((table) =>
      older.rows(`SELECT * FROM ${table} ORDER BY 1, 2, 3`),
    ),
  );

it('two databases know a file as one would that had seen everything', () => {
  take(older, 1_000, hook.write('t1', '/w/a.ts', `${FIRST}${SECOND}`, { cwd: project }));
  // The later one begins without it, and in another order of projects.
  take(later, 2_000, hook.write('t2', '/v/own.ts', OWN, { cwd: '/v' }));
  take(
    later,
    3_000,
    hook.edit('t3', '/w/a.ts', SECOND, THIRD, {
      cwd: project,
      tool_response: { originalFile: `${FIRST}${SECOND}` },
    }),
  );
  mergeLater(older.database, later.database.name);
  expect(stateOf('/w/a.ts').slice(0, 2)).toEqual([
    [FIRST.trim(), 't1'],
    [THIRD.trim(), 't3'],
  ]);
  expect(stateOf('/v/own.ts')[0]).toEqual([OWN.trim(), 't2']);
  expect(
    older.rows(
      'SELECT file_path AS path, root FROM file_states s LEFT JOIN projects p ON p.id = project_id ORDER BY 1',
    ),
  ).toEqual([
    { path: '/v/own.ts', root: '/v' },
    { path: '/w/a.ts', root: project },
  ]);
  // Neither database alone knew that t3 changed what t1 had written.
  expect(
    older.rows(`SELECT o.tool_use_id AS child, o.replaced_id = t.pattern_id AS is_dominant, p.share, t.tool_use_id AS parent
      FROM occurrence_parents p JOIN occurrences o USING (event_id, ordinal)
      JOIN occurrences t ON t.event_id = p.parent_event_id AND t.ordinal = p.parent_ordinal`),
  ).toEqual([{ child: 't3', is_dominant: 1, share: 1, parent: 't1' }]);
  expect(
    older.value(`SELECT generation FROM patterns WHERE id =
      (SELECT pattern_id FROM occurrences WHERE tool_use_id = 't3')`),
  ).toBe(2);
  expect(verifyDatabase(older.database.name).findings).toEqual([]);

  const before = dump();
  mergeLater(older.database, later.database.name);
  expect(dump()).toBe(before);
});

it('what was forgotten does not come back with another database', () => {
  take(older, 1_000, hook.write('t1', '/w/a.ts', FIRST, { cwd: project }));
  take(later, 2_000, hook.write('t2', '/w/b.ts', SECOND, { cwd: project, session_id: 's2' }));
  const event = String(later.value('SELECT event_id FROM events'));
  older.database.prepare('INSERT INTO forgotten (id) VALUES (?)').run(event);
  mergeLater(older.database, later.database.name);
  expect(stateOf('/w/b.ts')).toEqual([]);
  expect(new FileStateRows(older.database).of('/w/b.ts')).toBeUndefined();
  expect(verifyDatabase(older.database.name).findings).toEqual([]);
});
