import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeHistory } from '../../lib/authorship/state/file-state.ts';
import { encodeChange } from '../../lib/authorship/state/stored-change.ts';
import { holdings } from '../../lib/store/maintenance/forget/holdings.ts';
import { DERIVED_TABLES, tableShapes } from '../../lib/store/maintenance/schema-shape.ts';
import { TEXT_COLUMNS } from '../../lib/store/maintenance/text-columns.ts';
import { NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';
import { packedPayload } from '../../lib/store/database/payload/packed-payload.ts';
import { textOfPacked } from '../support/unpacked-rows.ts';

/** The columns that hold no text of anybody: ids of the program or the API, words of a fixed list, digests. */
const NO_TEXT: Readonly<Record<string, readonly string[]>> = {
  api_tokens: ['id', 'name', 'tenant', 'scopes', 'digest'], // the operator's
  applied_improvements: ['pattern_id', 'improvement_id'],
  // The operator's, too: who did what to which id. It is kept when what it tells of is deleted.
  audit_log: [
    'tenant',
    'action',
    'token_id',
    'token_name',
    'address',
    'route',
    'subject',
    'detail',
  ],
  breakers: ['sink'],
  breaker_transitions: ['sink', 'from_phase', 'to_phase'],
  counters: ['name'],
  delivery_totals: ['scope', 'name'],
  deprecations: ['pattern_id'],
  events: ['event_id', 'name', 'tool_use_id', 'agent_id'],
  feedback: ['id', 'pattern_id', 'feedback_type'],
  file_changes: ['event_id', 'change', 'tool_use_id'],
  file_states: ['noted_lines'], // digests of lines
  forget_jobs: ['criteria', 'traces', 'phase'], // emptied when it is done
  forgotten: ['id'],
  forgotten_lineage: ['digest'],
  lineage_edges: ['child_id', 'parent_id', 'edge_type', 'transformation_type'],
  lineage_events: ['event_id', 'event_type', 'pattern_id', 'version', 'request'],
  message_usage: ['message_id'],
  meta: ['key', 'value'],
  metrics: ['scope', 'name'],
  occurrences: [
    'event_id',
    'pattern_id',
    'action',
    'replaced_id',
    'tool_use_id',
    'language',
    'changed_lines',
    'authorship',
  ],
  occurrence_parents: ['event_id', 'parent_event_id'],
  outbox: ['sink', 'event_id', 'event_type', 'pattern_id', 'lineage_id'],
  pattern_versions: [
    'pattern_id',
    'version',
    'pattern_type',
    'from_version',
    'edge_type',
    'transformation_type',
  ],
  patterns: ['id', 'language', 'origin', 'lineage_id', 'version', 'pattern_type', 'origin_key'],
  pending_edges: ['child_id', 'parent_id', 'edge_type', 'transformation_type'],
  redaction_counts: ['day', 'rule'],
  sessions: ['source', 'end_reason'],
  sightings: ['digest', 'registration', 'spool_name'],
  sink_patterns: ['sink', 'pattern_id'],
  sinks: ['sink', 'server'], // the user's configuration names it
  tenant_retention: ['tenant'],
  subagents: ['tool_use_id'],
  // Words of Claude Code's own.
  tool_calls: [
    'tool_use_id',
    'agent_id',
    'input_digest',
    'prompt_id',
    'outcome',
    'permission',
    'permission_source',
    'permission_reason',
  ],
  transcript_proofs: ['reasons'],
};

/** What triggers derive from other tables, and the index of words, which follows `patterns`. */
const isDerived = (table: string) =>
  DERIVED_TABLES.has(table) || table.startsWith('pattern_search');

const SECRET = `ghp_${'aB3dE6gH9'.repeat(4)}`;

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

interface Column {
  readonly table: string;
  readonly column: string;
}

const shapes = () => tableShapes(sample.database).filter(({ name }) => !isDerived(name));
const textColumns = (): Column[] =>
  shapes().flatMap(({ name, columns }) =>
    columns.flatMap((column) =>
      ['INTEGER', 'REAL'].includes(column.type) ? [] : [{ table: name, column: column.name }],
    ),
  );
const nameOf = ({ table, column }: Column) => `${table}.${column}`;

/** A row in each table that holds texts, and no other rows; `text` is in the texts and objects for which `isIn` holds. */
function fillWith(text: string, isIn: (place: string) => boolean = () => true): void {
  const { database } = sample;
  database.pragma('foreign_keys = OFF');
  for (const { name } of shapes()) if (name !== 'meta') database.exec(`DELETE FROM "${name}"`);
  for (const { table, texts, objects = [], ids = [], packed = [], payloads = [] } of TEXT_COLUMNS) {
    const shape = shapes().find(({ name }) => name === table);
    if (!shape) throw new Error(`there is no table ${table}`);
    const valueOf = ({ name, type }: { name: string; type: string }) => {
      const word = isIn(`${table}.${name}`) ? text : 'nothing';
      if (texts.includes(name)) return `/w/${word}/app`;
      if (objects.includes(name)) return JSON.stringify({ note: `it says ${word}` });
      if (payloads.includes(name))
        return packedPayload(JSON.stringify({ note: `it says ${word}` }));
      if (packed.includes(name)) return packedText(name, `it says ${word}`);
      if (name === 'noted_lines') return new Uint8Array();
      if (ids.includes(name)) return 'session-1';
      if (/_at$|^at$/.test(name)) return name === 'dead_at' ? null : NOW - 1_000;
      return type === 'TEXT' ? `${name}-1` : 1;
    };
    const columns = shape.columns.map(({ name }) => name);
    database
      .prepare<unknown[]>(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      )
      .run(...shape.columns.map(valueOf));
  }
}

/** What a compressed column holds for a text. */
function packedText(column: string, text: string): Uint8Array {
  const lines = { lines: [text], authors: [null] };
  if (column === 'history') {
    return encodeHistory({ last: { ...lines, at: NOW, event: null, pieces: [] }, past: [] });
  }
  const about = { event: 'event-1', path: '/w/app/x.ts', at: NOW, added: false, isFirst: false };
  return encodeChange({ ...about, continues: undefined, gone: lines });
}

/** The values of a column as texts. */
const textsIn = (place: Column): string[] =>
  sample.database
    .prepare<[], string | number | Uint8Array | null>(
      `SELECT "${place.column}" FROM "${place.table}"`,
    )
    .pluck()
    .all()
    .map((value) => (value instanceof Uint8Array ? textOfPacked(value) : String(value ?? '')));

/** The columns that hold `text` somewhere. */
const holding = (text: string): string[] =>
  textColumns()
    .filter((place) =>
      textsIn(place).some((value) => value.toLowerCase().includes(text.toLowerCase())),
    )
    .map(nameOf);

const listed = (): string[] =>
  TEXT_COLUMNS.flatMap(({ table, texts, objects = [], packed = [], payloads = [] }) =>
    [...texts, ...objects, ...packed, ...payloads].map((column) => nameOf({ table, column })),
  );

it('every column is known to hold texts, ids that may be forgotten, or neither', () => {
  const known = [
    ...listed(),
    ...TEXT_COLUMNS.flatMap(({ table, ids = [] }) =>
      ids.map((column) => nameOf({ table, column })),
    ),
    ...Object.entries(NO_TEXT).flatMap(([table, columns]) =>
      columns.map((column) => nameOf({ table, column })),
    ),
  ];
  expect(new Set(known).size).toBe(known.length);
  expect(known.toSorted()).toEqual(textColumns().map(nameOf).toSorted());
  for (const { table, key } of TEXT_COLUMNS) {
    expect([table, key]).toEqual([table, shapes().find(({ name }) => name === table)?.primaryKey]);
  }
});

// A project's name is the last part of its root.
it.each(listed().filter((place) => place !== 'projects.name'))(
  'redact rescan and forget take a text out of %s, also if it is only there',
  async (place) => {
    const isIn = (one: string) => one === place;
    fillWith(SECRET, isIn);
    expect(holding(SECRET)).toEqual([place]);
    expect(await run(sample, 'redact rescan --json')).toMatchObject({ exitCode: 0, err: '' });
    expect(holding(SECRET)).toEqual([]);

    fillWith('quokka', isIn);
    expect(holding('quokka')).toEqual([place]);
    expect(await run(sample, 'forget --match quokka --yes --json')).toMatchObject({ err: '' });
    expect(holding('quokka')).toEqual([]);
  },
);

it('redact rescan and forget take a text out of all columns at once', async () => {
  fillWith(SECRET);
  expect(holding(SECRET).toSorted()).toEqual(listed().toSorted());
  expect(await run(sample, 'redact rescan --json')).toMatchObject({ exitCode: 0, err: '' });
  expect(holding(SECRET)).toEqual([]);

  fillWith('quokka');
  expect(await run(sample, 'forget --match quokka --yes --json')).toMatchObject({ err: '' });
  expect(holding('quokka')).toEqual([]);
});

it('privacy report measures every column', () => {
  fillWith('quokka');
  const rows = holdings(sample.database);
  const lengthOf = (place: Column) => textsIn(place).reduce((sum, text) => sum + text.length, 0);
  const all = TEXT_COLUMNS.flatMap(({ table, texts, objects = [], packed = [], payloads = [] }) =>
    [...texts, ...objects, ...packed, ...payloads].map((column) => lengthOf({ table, column })),
  ).reduce((sum, length) => sum + length, 0);
  const measured = rows
    .filter(({ kind }) => kind !== 'prompts') // events, which are measured as such
    .reduce((sum, { characters }) => sum + characters, 0);
  expect(measured).toBe(all);
});
