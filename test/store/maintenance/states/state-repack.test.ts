import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileStateRows } from '../../../../lib/store/maintenance/states/file-state-rows.ts';
import { repackStatesChunk } from '../../../../lib/store/maintenance/states/state-repack.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';

const ALL = Number.MAX_SAFE_INTEGER;
/** States that one chunk repacks. */
const CHUNK = 8;

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

/** The code of a file, with enough in it to be compressed. */
const codeOf = (file: number) =>
  Array.from(
    { length: 40 },
    (_, line) =>
      `export const value${line} = compute(${(file + 1) * line * 7919}, 'of file ${file}');\n`,
  ).join('');
const pathOf = (file: number) => `/w/${String(file).padStart(2, '0')}.ts`;

/** Writes files; each was touched later than the one before. */
function writeFiles(count: number): void {
  const files = Array.from({ length: count }, (_, file) => file);
  store.take(...files.map((file) => hook.write(`t${file}`, pathOf(file), codeOf(file))));
  const touch = store.database.prepare('UPDATE file_states SET touched_at = ? WHERE file_path = ?');
  for (const file of files) touch.run(1_000 + file, pathOf(file));
}

const states = () => [...new FileStateRows(store.database).all()];
const findings = () => verifyDatabase(store.database.name).findings;
const repacked = () =>
  store
    .rows<{ path: string }>(
      'SELECT file_path AS path FROM file_states WHERE is_repacked ORDER BY file_path',
    )
    .map(({ path }) => path);
const sizes = () =>
  store
    .rows<{ bytes: number }>('SELECT length(history) AS bytes FROM file_states ORDER BY file_path')
    .map(({ bytes }) => bytes);

it('takes less room for the same states, and leaves nothing for a second time', () => {
  writeFiles(3);
  const [before, bytes] = [states(), sizes()];
  expect(repackStatesChunk(store.database, ALL)).toBe(false);
  expect(states()).toEqual(before);
  expect(before[0]?.notedLines?.size).toBeGreaterThan(0);
  for (const [file, size] of sizes().entries()) expect(size).toBeLessThan(bytes[file] ?? 0);
  expect(repacked()).toEqual([pathOf(0), pathOf(1), pathOf(2)]);
  expect(findings()).toEqual([]);
});

it('begins with the files that were untouched for longest, a chunk at a time', () => {
  writeFiles(CHUNK + 2);
  expect(repackStatesChunk(store.database, ALL)).toBe(true);
  expect(repacked()).toEqual(Array.from({ length: CHUNK }, (_, file) => pathOf(file)));
  expect(repackStatesChunk(store.database, ALL)).toBe(false);
  expect(repacked()).toHaveLength(CHUNK + 2);
});

it('leaves files alone that were touched since', () => {
  writeFiles(3);
  expect(repackStatesChunk(store.database, 1_001)).toBe(false);
  expect(repacked()).toEqual([pathOf(0)]);
});

it('repacks a file again after another event about it, which still finds its authors', () => {
  writeFiles(1);
  repackStatesChunk(store.database, ALL);
  const [first = ''] = codeOf(0).split('\n');
  store.take(hook.edit('t-edit', pathOf(0), first, 'export const changed = true;'));
  expect(repacked()).toEqual([]);
  const authors = states()[0]?.history?.last.authors ?? [];
  expect(new Set(authors.slice(0, -1)).size).toBe(2);
  expect(authors[1]).toContain(store.value("SELECT event_id FROM events WHERE tool_use_id = 't0'"));
  repackStatesChunk(store.database, ALL);
  expect(repacked()).toEqual([pathOf(0)]);
  expect(findings()).toEqual([]);
});

it('leaves a damaged state as it is, and goes on', () => {
  writeFiles(2);
  store.database.exec(
    `UPDATE file_states SET history = x'1100ff' WHERE file_path = '${pathOf(0)}'`,
  );
  expect(repackStatesChunk(store.database, ALL)).toBe(false);
  expect(sizes()[0]).toBe(3);
  expect(repacked()).toEqual([pathOf(0), pathOf(1)]);
  expect(findings()).toHaveLength(1);
});

it('does not spend seconds on a large state', () => {
  const text = Array.from({ length: 14_000 }, (_, line) => Math.sin(line).toString(36)).join('\n');
  store.take(hook.write('t-large', '/w/large.ts', text));
  const before = sizes();
  expect(before[0]).toBeGreaterThan(64 * 1024);
  expect(repackStatesChunk(store.database, ALL)).toBe(false);
  expect(sizes()).toEqual(before);
  expect(repackStatesChunk(store.database, ALL)).toBe(false);
  expect(repacked()).toEqual(['/w/large.ts']);
});
