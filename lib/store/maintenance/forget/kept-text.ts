import type { Database } from '../../database/database.ts';
import { tableShapes } from '../schema-shape.ts';
import { TEXT_COLUMNS } from '../text-columns.ts';
import { defineHolds } from './selection.ts';

/** Those of `traces` that stand in a row that is there: it was kept, or recorded since. */
export function keptTraces(database: Database, traces: readonly string[]): string[] {
  return traces.filter((trace) => {
    defineHolds(database, trace);
    return [...PLACES].some(([table, columns]) => {
      const holds = columns.map((column) => `forget_holds(${column})`).join(' OR ');
      return database.prepare(`SELECT 1 FROM ${table} WHERE ${holds} LIMIT 1`).get() !== undefined;
    });
  });
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

/** Every column that may hold what somebody wrote, by table. */
const PLACES = new Map(
  TEXT_COLUMNS.map(({ table, texts, objects = [], ids = [] }) => [
    table,
    [...texts, ...objects, ...ids],
  ]),
);
