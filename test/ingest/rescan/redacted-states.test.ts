import { afterEach, beforeEach, expect, it } from 'vitest';
import { lineKey } from '../../../lib/authorship/transfer/line-key.ts';
import { endRescan } from '../../../lib/ingest/rescan/rescan-job.ts';
import { Rescan } from '../../../lib/ingest/rescan/rescan.ts';
import { openRedactor } from '../../../lib/redact/own/open-redactor.ts';
import type { OwnRedaction } from '../../../lib/redact/own/own-rules.ts';
import { packedTraces } from '../../../lib/store/maintenance/forget/kept-text.ts';
import { FileStateRows } from '../../../lib/store/maintenance/states/file-state-rows.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { lineDigest } from '../../../lib/store/writers/authorship/noted-lines.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';
import type { Payload } from '../../delivery/test-store.ts';

const RULES: OwnRedaction = {
  rules: [
    { name: 'staff-number', pattern: 'ACME-(\\d{6})', group: 1 },
    { name: 'badge', pattern: 'badge of (\\w+)', group: 1 },
    { name: 'block', pattern: 'OPEN[^#]*SHUT' },
  ],
  allow: [],
};
const WRITTEN = 'export const staff = "ACME-471100";\nexport const other = 1;\n';
const BY_HAND = '// ask zebra47accordion for it\n';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

function take(...payloads: Payload[]): void {
  store.take(...payloads);
}
async function rescan() {
  const run = new Rescan(store.database, {
    redactor: await openRedactor(RULES),
    redaction: RULES,
    now: 5_000_000,
  });
  while (run.chunk());
  endRescan(store.database);
  return run.result;
}
const states = () => [...new FileStateRows(store.database).all()];

it('new rules hold for every version of a file, for what went from it, and for noted lines', async () => {
  take(
    hook.write('t1', '/w/a.ts', WRITTEN),
    hook.edit('t2', '/w/a.ts', 'export const other = 1;\n', 'export const other = 2;\n'),
    hook.edit('t3', '/w/a.ts', 'export const staff = "ACME-471100";\n', ''),
    hook.write('t4', '/w/b.ts', `${WRITTEN}export const more = 3;\n`),
  );
  const digest = lineDigest(lineKey('export const staff = "ACME-471100";'));
  expect(states().some(({ notedLines }) => notedLines?.has(digest))).toBe(true);
  const authors = states().map(({ history }) => history?.last.authors);
  expect(await rescan()).toMatchObject({ changed: { file_states: 2, recent_changes: 1 } });
  expect(packedTraces(store.database, ['471100'])).toEqual([]);
  expect(packedTraces(store.database, ['export const other = 1;'])).toHaveLength(1);
  expect(states().map(({ history }) => history?.last.authors)).toEqual(authors);
  expect(states().some(({ notedLines }) => notedLines?.has(digest))).toBe(false);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
  expect((await rescan()).changed).toEqual({});
});

it('what a prompt or command of the same event names is a secret in the file, too', async () => {
  take(
    hook.edit('t1', '/w/a.ts', 'old();\n', 'fresh();\n', {
      tool_response: { originalFile: `${BY_HAND}old();\n`, note: 'badge of zebra47accordion' },
    }),
  );
  expect(packedTraces(store.database, ['zebra47accordion'])).toHaveLength(1);
  await rescan();
  expect(packedTraces(store.database, ['zebra47accordion'])).toEqual([]);
  expect(states()[0]?.history?.last.lines.slice(1)).toEqual(['fresh();', '']);
});

it('a secret of several lines becomes one, and the others keep their authors', async () => {
  take(
    hook.write('t1', '/w/a.ts', 'first();\nOPEN\nxx\nyy\nSHUT\nlast();\n'),
    hook.edit('t2', '/w/a.ts', 'last();\n', 'newest();\n'),
  );
  await rescan();
  const last = states()[0]?.history?.last;
  expect(last?.lines).toEqual(['first();', '[redacted:block]', 'newest();', '']);
  const calls = last?.authors.map(
    (author) =>
      author &&
      store.value(`SELECT tool_use_id FROM events WHERE event_id = '${author.slice(0, 32)}'`),
  );
  expect(calls?.slice(0, 3)).toEqual(['t1', 't1', 't2']);
  expect(verifyDatabase(store.database.name).findings).toEqual([]);
});
