// What removes or changes code takes its fingerprint along.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetRows } from '../../../lib/ingest/forgetting.ts';
import { endRescan } from '../../../lib/ingest/rescan/rescan-job.ts';
import { Rescan } from '../../../lib/ingest/rescan/rescan.ts';
import { openRedactor } from '../../../lib/redact/own/open-redactor.ts';
import { RetentionPass } from '../../../lib/store/maintenance/retention/retention-pass.ts';
import { indexSearchChunk } from '../../../lib/store/maintenance/search-index.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { findSimilar } from '../../../lib/store/queries/search/similar.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';

const DAY = 86_400_000;
const NOW = 20_000 * DAY;
const SUM = 'export const sum = (values) => values.reduce((total, value) => total + value, 0);\n';
const STAFF = 'export const staff = { name: "zebra", number: "ACME-471100", office: 12 };\n';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
  store.arrive([
    { payload: hook.write('t1', '/w/sum.ts', SUM, { session_id: 'one' }), at: NOW - 40 * DAY },
    { payload: hook.write('t2', '/w/staff.ts', STAFF, { session_id: 'two' }), at: NOW - DAY },
  ]);
  index();
  expect(fingerprints()).toBe(2);
  expect(found(STAFF)).toBe(1);
});
afterEach(() => store.remove());

function index(): void {
  while (indexSearchChunk(store.database));
}

const fingerprints = () =>
  Number(
    store.value('SELECT count(*) FROM fingerprints JOIN similar_index ON similar_index.rowid = id'),
  );
const found = (code: string) =>
  findSimilar(store.database, { code, codeLanguage: 'typescript', limit: -1 }).hits.length;

it('forget erases all fingerprints, and those of what stays are made again', () => {
  store.database
    .transaction(() => forgetRows(store.database, { at: 1e15, session: 'two' }, 5_000))
    .immediate();
  expect(fingerprints()).toBe(0);
  index();
  expect(fingerprints()).toBe(1);
  expect([found(SUM), found(STAFF)]).toEqual([1, 0]);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
});

it('retention removes the fingerprints of the patterns that go', () => {
  const pass = new RetentionPass(store.database, {
    now: NOW,
    raw_events_days: 30,
    patterns_days: 30,
  });
  while (pass.chunk());
  expect(fingerprints()).toBe(1);
  expect([found(SUM), found(STAFF)]).toEqual([0, 1]);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
});

it('redacting again makes the fingerprints again of what is stored then', async () => {
  const redaction = { rules: [{ name: 'staff', pattern: '"ACME-\\d{6}", office' }], allow: [] };
  const run = new Rescan(store.database, {
    redactor: await openRedactor(redaction),
    redaction,
    now: NOW,
  });
  while (run.chunk());
  endRescan(store.database);
  expect(fingerprints()).toBe(0);
  index();
  expect(fingerprints()).toBe(2);
  const [hit] = findSimilar(store.database, {
    code: STAFF,
    codeLanguage: 'typescript',
    least: 0,
    limit: 1,
  }).hits;
  expect(hit?.score).toBeLessThan(1);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
});
