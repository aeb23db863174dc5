import { unpackedText } from '../../../authorship/state/unpacked-text.ts';
import type { Database } from '../../database/database.ts';
import { payloadText } from '../../database/payload/packed-payload.ts';
import { tableShapes } from '../schema-shape.ts';
import { TEXT_COLUMNS } from '../text-columns.ts';
import { defineHolds } from './selection.ts';
import { formsOf, holderOf } from './text-forms.ts';

/** Those of `traces` that stand in a row that is there: it was kept, or recorded since. */
export function keptTraces(database: Database, traces: readonly string[]): string[] {
  const packed = new Set(packedTraces(database, traces));
  return traces.filter((trace) => {
    if (packed.has(trace)) return true;
    defineHolds(database, trace);
    return [...PLACES].some(([table, columns]) => {
      const holds = columns.map((column) => `forget_holds(${column})`).join(' OR ') || 'false';
      return database.prepare(`SELECT 1 FROM ${table} WHERE ${holds} LIMIT 1`).get() !== undefined;
    });
  });
}

/**
 * Those of `traces` that stand in a compressed column, where a search of the file's bytes does not find them. Each text
 * is unpacked once.
 */
export function packedTraces(database: Database, traces: readonly string[]): string[] {
  const left = new Map(traces.map((trace) => [trace, holderOf(formsOf(trace))]));
  const tables = new Set(tableShapes(database).map(({ name }) => name)); // an older schema has fewer
  for (const { table, column, unpack } of PACKED) {
    if (tables.has(table)) {
      const values = database
        .prepare<[], Uint8Array>(`SELECT ${column} FROM ${table} WHERE typeof(${column}) = 'blob'`)
        .pluck()
        .iterate();
      for (const bytes of values) {
        const text = unpack(bytes) ?? undefined;
        if (text === undefined) continue;
        for (const [trace, holds] of left) if (holds(text)) left.delete(trace);
      }
    }
  }
  return traces.filter((trace) => !left.has(trace));
}

/**
 * Those of `traces` that are words of the program itself: they stand in the schema, or in a column that holds only
 * such words, as `PostToolUse` does.
 */
export function ownTraces(database: Database, traces: readonly string[]): string[] {
  const schema = database.prepare<[], string>('SELECT sql FROM sqlite_schema').pluck().all();
  const columns = tableShapes(database).flatMap(({ name, columns: all }) => {
    const written = PLACES.get(name) ?? [];
    return all.flatMap((column) =>
      column.type === 'TEXT' && !written.includes(column.name) ? [[name, column.name]] : [],
    );
  });
  return traces.filter((trace) => {
    if (schema.some((sql: string | null) => sql?.includes(trace))) return true;
    const holds = (table?: string, column?: string) =>
      database.prepare(`SELECT 1 FROM "${table}" WHERE instr("${column}", ?) LIMIT 1`).get(trace);
    return columns.some(([table, column]) => holds(table, column) !== undefined);
  });
}

// --- internal ---

/** Every column that holds compressed texts. */
const PACKED = TEXT_COLUMNS.flatMap(({ table, packed = [], payloads = [] }) => [
  ...packed.map((column) => ({ table, column, unpack: unpackedText })),
  ...payloads.map((column) => ({ table, column, unpack: payloadText })),
]);

/** Every column that may hold what somebody wrote as it is, by table. */
const PLACES = new Map(
  TEXT_COLUMNS.map(({ table, texts, objects = [], payloads = [], ids = [] }) => [
    table,
    [...texts, ...objects, ...payloads, ...ids],
  ]),
);
