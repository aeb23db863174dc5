import { asNumber, asString } from '../../base/json.ts';
import { localTime } from '../../base/time-text.ts';
import { entryText } from '../../log/log-entry.ts';
import type { EntryLevel, LogEntry } from '../../log/log-entry.ts';
import { plainLine, plainLines } from './plain-text.ts';
import { painter } from '../listing/table.ts';
import type { Paint } from '../listing/table.ts';

/** A line of a log for people: local time, level, message, fields, and below them the stack of an error. */
export function logText(entry: LogEntry, color: boolean): string {
  const { at, level, fields, isOurs, message } = entry;
  if (!isOurs) return `${plainLine(message)}\n`;
  const paint = painter(color);
  const head = [
    paint('dim', at === undefined ? 'no time' : localTime(at)),
    paint(level && LEVEL_PAINTS[level], (level ?? '').padEnd(5)),
    plainLine(entryText(entry)),
  ].join('  ');
  const stack = plainLines(asString(fields['stack']) ?? '').filter((line) => line !== '');
  return [head, ...stack.map((line) => paint('dim', `  ${line}`))]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same for a line of the service's log; a request is shown as servers usually do. */
export function serviceLogText(entry: LogEntry, color: boolean): string {
  const { message, fields } = entry;
  if (message !== 'request') return logText(entry, color);
  const { method, path, status, ms, address, tenant, token_id: token, request_id: id } = fields;
  const told = { address, tenant, token, id } as const;
  const known = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const request = `${asNumber(status)}  ${asString(method)} ${asString(path)}  ${asNumber(ms)} ms`;
  return logText({ ...entry, message: request, fields: Object.fromEntries(known) }, color);
}

// --- internal ---

const LEVEL_PAINTS: Readonly<Record<EntryLevel, Paint>> = {
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};
