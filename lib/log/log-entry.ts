import { asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';

/** The levels of a log line, from the least to the most urgent. */
export const ENTRY_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** A level of {@link ENTRY_LEVELS}. */
export type EntryLevel = (typeof ENTRY_LEVELS)[number];

/** A line of a log. One that is not ours has only its text, as `message`. */
export interface LogEntry {
  /** The line as it is stored. */
  readonly line: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number | undefined;
  readonly level: EntryLevel | undefined;
  readonly message: string;
  /** Everything else that the line says. */
  readonly fields: JsonObject;
  /** False when the line is no JSON object. */
  readonly isOurs: boolean;
}

/** Which lines of a log are wanted: those that meet every given condition. */
export interface EntryFilter {
  /** Milliseconds since 1970 UTC. */
  readonly since?: number | undefined;
  /** The first moment that is too late. */
  readonly until?: number | undefined;
  /** This level, or one that is more urgent. */
  readonly level?: EntryLevel | undefined;
  /** Matches the text of the line as people read it. */
  readonly pattern?: RegExp | undefined;
}

/** Reads a line of a log; it never throws. */
export function readEntry(line: string): LogEntry {
  const value = parsed(line);
  if (!isJsonObject(value)) {
    return { line, at: undefined, level: undefined, message: line, fields: {}, isOurs: false };
  }
  const { time, level, msg, ...fields } = value;
  const at = Date.parse(asString(time) ?? '');
  return {
    line,
    at: Number.isNaN(at) ? undefined : at,
    level: ENTRY_LEVELS.find((known) => known === level),
    message: asString(msg) ?? '',
    fields,
    isOurs: true,
  };
}

/** What a line says, without its level and time: the message, then `key=value` for each field but the stack. */
export function entryText({ message, fields }: LogEntry): string {
  const { stack: _, ...told } = fields;
  const pairs = Object.entries(told).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${valueText(value)}`],
  );
  return [message, ...pairs].filter(Boolean).join('  ');
}

/** True when a line meets the filter. One without a time or a level meets no condition on it. */
export function isWanted(entry: LogEntry, { since, until, level, pattern }: EntryFilter): boolean {
  const { at = NaN } = entry;
  if (since !== undefined && !(at >= since)) return false;
  if (until !== undefined && !(at < until)) return false;
  if (level !== undefined && urgency(entry.level) < urgency(level)) return false;
  return pattern === undefined || pattern.test(entryText(entry));
}

// --- internal ---

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function urgency(level: EntryLevel | undefined): number {
  return level === undefined ? -1 : ENTRY_LEVELS.indexOf(level);
}

/** A text in one word needs no quotes. */
function valueText(value: Json): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
