import { asArray, asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json } from '../base/json.ts';
import type { HookEvent } from './hook-event.ts';

/**
 * How a tool call ended. `rejected`: it never began (unknown tool, wrong input). `denied`: permission
 * was refused, by the user, a rule or another hook. `interrupted`: the user or the end of the session stopped
 * it. `running`: it has not ended yet.
 */
export const TOOL_OUTCOMES = [
  'ok',
  'failed',
  'rejected',
  'denied',
  'interrupted',
  'running',
] as const;

/** One of {@link TOOL_OUTCOMES}. */
export type ToolOutcome = (typeof TOOL_OUTCOMES)[number];

/** News of a tool call that has ended: that it did, or what became known of it afterwards. */
export interface ToolCallEnd {
  readonly sessionId: string;
  readonly toolUseId: string;
  /** When the call ended, or else when its last event came: milliseconds since 1970 UTC. */
  readonly at: number;
  /** True for a call that was known to have ended before. */
  readonly isUpdate: boolean;
}

const SUMMARY_CHARACTERS = 200;
const ERROR_CHARACTERS = 500;

/** What a call is about, in one line of at most 200 characters: its file, command, search pattern, … */
export function callSummary(toolInput: Json | undefined): string {
  const input = asObject(toolInput);
  if (!input) return '';
  for (const key of SUMMARY_KEYS) {
    const value = asString(input[key]);
    if (value?.trim()) return oneLine(value, SUMMARY_CHARACTERS);
  }
  const first = Object.values(input).find((value) => typeof value === 'string' && value.trim());
  return oneLine(asString(first) ?? '', SUMMARY_CHARACTERS);
}

/** An error, cut after 500 characters; null when there is none. */
export function errorSummary(error: string | undefined): string | null {
  const text = error?.trim();
  if (!text) return null;
  return text.length > ERROR_CHARACTERS ? `${text.slice(0, ERROR_CHARACTERS)}…` : text;
}

/** True for the event after a tool call that did what it was asked to. */
export function succeeded(event: HookEvent): boolean {
  if (event.name !== 'PostToolUse' || event.isInterrupt || event.error !== undefined) return false;
  const response = asObject(event.toolResponse);
  const { interrupted, success, error } = response ?? {};
  return interrupted !== true && success !== false && !asString(error);
}

/** The text of a response as the model sees it, from a string or content blocks; undefined without text. */
export function responseText(response: Json | undefined): string | undefined {
  if (typeof response === 'string') return response;
  const texts = asArray(response).flatMap((block) =>
    isJsonObject(block) && typeof block['text'] === 'string' ? [block['text']] : [],
  );
  return texts.length > 0 ? texts.join('\n') : undefined;
}

/** True if the model was told that a rule or a person refused the call, not that the call was wrong. */
export function isDenial(told: string): boolean {
  return DENIAL.test(told);
}

// --- internal ---

/** The words of Claude Code 2.1.330. A tool that a deny rule takes away, or a mode lacks, is "disabled". */
const DENIAL = new RegExp(
  '^(?:<tool_use_error>)?(?:Error: )?(?:' +
    [
      'File is in a directory that is denied by your permission settings',
      String.raw`File is covered by a \w{1,20} deny rule`,
      String.raw`Permission to [^]{1,2000}? has been denied\b`,
      String.raw`Agent type '[^']{1,200}' has been denied by permission rule`,
      'No such tool available: [^]{1,400}? is disabled for this session',
    ].join('|') +
    ')',
);

/** Most telling first: the first one present is shown. */
const SUMMARY_KEYS = [
  'file_path',
  'notebook_path',
  'command',
  'pattern',
  'url',
  'query',
  'description',
  'subject',
  'prompt',
  'path',
];

function oneLine(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 2)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
