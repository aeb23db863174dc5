import { isoTime } from '../../base/clock.ts';
import { terminalSafe } from '../../base/terminal-safe.ts';
import type { ExportedCall } from '../../store/queries/export/exported-rows.ts';
import { EVENT_SOURCE, EVENT_TYPES } from '../output/cloud-event.ts';
import { plainLines } from '../output/plain-text.ts';

/** The columns of a CSV file. They, and their order, stay. */
export const CSV_COLUMNS = [
  'at',
  'session_id',
  'tool_use_id',
  'tool_name',
  'agent_id',
  'outcome',
  'error',
  'duration_ms',
  'summary',
  'lines_added',
  'lines_removed',
  'model',
  'project_root',
] as const;

/** A row of CSV after RFC 4180, for cells of text, numbers and nothing. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A call as a row of CSV. */
export function callAsCsv(call: ExportedCall): string {
  const row = callRow(call);
  return csvRow(CSV_COLUMNS.map((column) => row[column]));
}

/** A call as a line of JSON. */
export function callAsJson(call: ExportedCall): string {
  return jsonLine(callRow(call));
}

/** A call as a line with a CloudEvent 1.0. */
export function callAsCloudEvent(call: ExportedCall): string {
  return jsonLine({
    specversion: '1.0',
    id: `${call.sessionId}/${call.toolUseId}`,
    source: EVENT_SOURCE,
    type: `${EVENT_TYPES}.tool_call`,
    subject: call.toolUseId,
    time: isoTime(call.at),
    datacontenttype: 'application/json',
    data: callRow(call),
  });
}

/** One value as a line of JSON that is safe to print. */
export function jsonLine(value: unknown): string {
  return `${terminalSafe(JSON.stringify(value))}\n`;
}

// --- internal ---

function callRow(call: ExportedCall): Record<(typeof CSV_COLUMNS)[number], string | number | null> {
  return {
    at: isoTime(call.at),
    session_id: call.sessionId,
    tool_use_id: call.toolUseId,
    tool_name: call.toolName,
    agent_id: call.agentId,
    outcome: call.outcome,
    error: call.error,
    duration_ms: call.durationMs,
    summary: call.summary,
    lines_added: call.linesAdded,
    lines_removed: call.linesRemoved,
    model: call.model,
    project_root: call.projectRoot,
  };
}

/** What a spreadsheet would take for a formula, also in the wide letters that some read as these. */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

function csvCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const plain = plainLines(cell).join('\n');
  const text = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
