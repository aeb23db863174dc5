// Histories whose right reading is known, through the hook and the courier: who wrote what, and from what it came.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n')));
afterEach(() => home.remove());

const CASES: [string, string[]][] = [
  [
    'bash-moves-and-many',
    [
      'toolu_mv alpha/moved.ts:1-1 [] moved applied null 0.00',
      'toolu_many alpha/m1.ts:1-1 [1] authored created 1 1.00',
      'toolu_many alpha/m2.ts:1-1 [1] authored created 1 1.00',
      'toolu_many alpha/m3.ts:1-1 [1] authored created 1 1.00',
      'toolu_many alpha/m4.ts:1-1 [1] authored created 1 1.00',
      'toolu_many alpha/m5.ts:1-1 [1] authored created 1 1.00',
      'toolu_co alpha/a.ts:2-2 [2] restored applied null 0.00',
    ],
  ],
  [
    'deletion',
    [
      'toolu_1 alpha/d.ts:1-3 [1-3] authored created 1 1.00',
      'toolu_3 alpha/d.ts:1-2 [1-2] authored modified 2 1.00 < toolu_1 1.00',
    ],
  ],
  [
    'edit-over-two-fragments',
    [
      'toolu_sp10 project/s.js:2-2 [2] authored created 1 1.00',
      'toolu_sp11 project/s.js:5-5 [5] authored created 1 1.00',
      'toolu_sp12 project/s.js:2-5 [2,5] authored modified 2 0.50 < toolu_sp10 0.50, toolu_sp11 0.50',
    ],
  ],
  [
    'formatter-between',
    [
      'toolu_fm15 project/f.ts:1-2 [1-2] authored created 1 1.00',
      'toolu_fm16 project/f.ts:1-1 [1] authored modified 2 1.00 < toolu_fm15 1.00',
    ],
  ],
  ['git-checkout', ['toolu_co2 project/human.py:1-2 [1-2] restored applied null 0.00']],
  [
    'human-rename',
    [
      'toolu_hr13 project/x.ts:1-2 [1-2] authored created 1 1.00',
      'toolu_hr14 project/y.ts:2-2 [2] authored modified 2 1.00 < toolu_hr13 1.00',
    ],
  ],
  ['long-context', ['toolu_ctx0 project/a.txt:1-12 [12] authored created 1 0.08']],
  ['mostly-context', ['toolu_cx17 project/h.py:1-5 [5] authored created 1 0.20']],
  [
    'mv',
    [
      'toolu_mv3 project/old.ts:1-2 [1-2] authored created 1 1.00',
      'toolu_mv4 project/new.ts:1-2 [] moved applied 1 0.00',
      'toolu_mv5 project/new.ts:2-2 [2] authored modified 2 1.00 < toolu_mv3 1.00',
    ],
  ],
  [
    'overwrite',
    [
      'toolu_ow7 project/big.ts:1-30 [1-30] authored created 1 1.00',
      'toolu_ow8 project/big.ts:1-1 [1] authored modified 2 1.00 < toolu_ow7 1.00',
      'toolu_ow9 project/big.ts:1-31 [31] authored modified 2 0.03 < toolu_ow7 0.97, toolu_ow8 0.03',
    ],
  ],
  [
    'relative-path',
    [
      'toolu_a1 alpha/src/index.ts:1-1 [1] authored created 1 1.00',
      'toolu_b1 beta/src/index.ts:1-1 [1] authored created 1 1.00',
    ],
  ],
  ['tabs-in-one-line', ['toolu_tab1 project/a.go:2-2 [2] authored created 1 1.00']],
  ['tabs', ['toolu_t1 alpha/Makefile:3-4 [4] authored created 1 0.50']],
  [
    'three-names',
    [
      'toolu_n1 alpha/a.ts:1-1 [1] authored created 1 1.00',
      'toolu_n2 alpha/a.ts:1-1 [1] authored modified 2 1.00 < toolu_n1 1.00',
      'toolu_n3 alpha/a.ts:1-1 [1] authored modified 3 1.00 < toolu_n2 1.00',
    ],
  ],
];

/**
 * Each occurrence: call, file, lines, changed ones in brackets, kind, what became of its pattern, generation, own
 * share, parents with their shares.
 */
function occurrences(): string[] {
  const rows = home.rows(`SELECT o.tool_use_id AS call, o.file_path AS path,
      o.start_line || '-' || o.end_line || ' [' || o.changed_lines || ']' AS lines,
      o.authorship || ' ' || o.action AS kind, p.generation,
      printf('%.2f', o.authored_share) AS share,
      (SELECT group_concat(parent.tool_use_id || ' ' || printf('%.2f', share), ', ' ORDER BY position)
       FROM occurrence_parents edge JOIN occurrences parent
         ON parent.event_id = edge.parent_event_id AND parent.ordinal = edge.parent_ordinal
       WHERE edge.event_id = o.event_id AND edge.ordinal = o.ordinal) AS parents
    FROM occurrences o LEFT JOIN patterns p ON p.id = o.pattern_id
    ORDER BY o.at, o.event_id, o.ordinal`);
  return (rows as Record<string, string | number | null>[]).map(
    ({ call, path, lines, kind, generation, share, parents }) => {
      const file = String(path).replace('/home/dev/', '');
      const from = parents === null ? '' : ` < ${String(parents)}`;
      return `${String(call)} ${file}:${String(lines)} ${String(kind)} ${String(generation)} ${String(share)}${from}`;
    },
  );
}

it.each(CASES)('is right in %s', async (name, expected) => {
  const text = readFileSync(
    new URL(`../fixtures/authorship/${name}.jsonl`, import.meta.url),
    'utf8',
  );
  for (const line of text.trim().split('\n')) home.capture(`${line}\n`);
  await home.settled();
  expect(occurrences()).toEqual(expected);
});
