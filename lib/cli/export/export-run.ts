import { checkAscent } from '../../store/database/ascent.ts';
import type { RowKey } from '../../store/database/ascent.ts';
import type { Database } from '../../store/database/database.ts';
import { callsAfter, codeAfter } from '../../store/queries/export/exported-rows.ts';
import type { ExportedCall, ExportedCode } from '../../store/queries/export/exported-rows.ts';
import type { StatisticsFilter } from '../../store/queries/statistics/totals-source.ts';
import { agentTrace } from './agent-trace.ts';
import {
  callAsCloudEvent,
  callAsCsv,
  callAsJson,
  CSV_COLUMNS,
  csvRow,
  jsonLine,
} from './call-formats.ts';

/** What can be exported as. */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'cloudevents', 'agent-trace'] as const;

/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A part of the exported text. */
export interface ExportChunk {
  readonly text: string;
  /** Calls, or records of agent-trace, in it. */
  readonly records: number;
}

/** Opens the database for one part only. It is closed again before the next part, so that a slow reader holds up nobody. */
export type ReadPart = <T>(read: (database: Database) => T) => T | undefined;

/** Writes what meets the filter, part by part, the oldest first. Only one part is in memory. */
export function* exported(
  format: ExportFormat,
  filter: StatisticsFilter,
  read: ReadPart,
  rows: number = ROWS,
): Generator<ExportChunk> {
  if (format === 'agent-trace') yield* exportedTraces(filter, read, rows);
  else yield* exportedCalls(format, filter, read, rows);
}

// --- internal ---

/** Rows that are read at a time. One event has at most 1,000 places. */
const ROWS = 2_000;

const CALL_FORMATS = { csv: callAsCsv, jsonl: callAsJson, cloudevents: callAsCloudEvent } as const;

function* exportedCalls(
  format: keyof typeof CALL_FORMATS,
  filter: StatisticsFilter,
  read: ReadPart,
  limit: number,
): Generator<ExportChunk> {
  if (format === 'csv') yield { text: csvRow(CSV_COLUMNS), records: 0 };
  const written = CALL_FORMATS[format];
  for (let last: ExportedCall | undefined; ;) {
    const after = last;
    const calls = read((database) => callsAfter(database, filter, after, limit)) ?? [];
    if (calls.length > 0) yield { text: calls.map(written).join(''), records: calls.length };
    last = calls.at(-1);
    if (after && last) checkAscent('tool_calls', callKey(after), callKey(last));
    if (calls.length < limit) return;
  }
}

function* exportedTraces(
  filter: StatisticsFilter,
  read: ReadPart,
  limit: number,
): Generator<ExportChunk> {
  let open: ExportedCode[] = []; // the event whose end is not known yet
  for (let last: ExportedCode | undefined; ;) {
    const after = last;
    const places = read((database) => codeAfter(database, filter, after, limit)) ?? [];
    last = places.at(-1);
    if (after && last) checkAscent('occurrences', codeKey(after), codeKey(last));
    const events: ExportedCode[][] = [];
    for (const place of places) {
      if (open[0]?.eventId === place.eventId) open.push(place);
      else {
        if (open.length > 0) events.push(open);
        open = [place];
      }
    }
    const isEnd = places.length < limit;
    if (isEnd && open.length > 0) events.push(open);
    const lines = events.flatMap(([first, ...others]) =>
      first ? jsonLine(agentTrace([first, ...others])) : [],
    );
    if (lines.length > 0) yield { text: lines.join(''), records: lines.length };
    if (isEnd) return;
  }
}

function callKey({ at, sessionId, toolUseId }: ExportedCall): RowKey {
  return [at, sessionId, toolUseId];
}

function codeKey({ at, eventId, ordinal }: ExportedCode): RowKey {
  return [at, eventId, ordinal];
}
