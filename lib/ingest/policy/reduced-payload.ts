import { asArray, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Kept } from './kept.ts';
import { leftOut } from './left-out.ts';
import { leftOutPrompt } from './prompts.ts';

/**
 * A payload without its texts. What may stay is listed here; whatever else Claude Code sends, now or in a
 * later version, is replaced by its size. `keptOf` tells what is kept of each call of
 * a batch.
 */
export function reducePayload(
  payload: JsonObject,
  kept: Kept,
  keptOf: KeptOfCall = () => kept,
): JsonObject {
  const entries = Object.entries(payload).map(([key, value]): [string, Json] => {
    if (!NAME.test(key)) return ['others', leftOut([key, value], kept)];
    return [key, reduceMember(key, value, kept, keptOf)];
  });
  return Object.fromEntries(entries);
}

/** A batch whose calls are reduced one by one, each by what is kept of it. */
export function reduceBatch(calls: Json, keptOf: KeptOfCall): Json {
  return asArray(calls).map((call, index) => {
    const kept = keptOf(index);
    if (kept.text) return call;
    return isJsonObject(call) ? reducePayload(call, kept) : leftOut(call, kept);
  });
}

/** What is kept of the call that stands at a place of its batch. */
export type KeptOfCall = (index: number) => Kept;

/** The keys under which tools are given paths, and answer with them. */
export const PATH_KEYS: ReadonlySet<string> = new Set(
  [
    'file_path filePath notebook_path path worktree_path worktreePath',
    'directory old_cwd new_cwd',
  ].flatMap((names) => names.split(' ')),
);

// --- internal ---

/** Where and when an event happened. */
const ALWAYS: ReadonlySet<string> = new Set(
  [
    'session_id transcript_path agent_transcript_path cwd git_branch hook_event_name',
    'tool_use_id agent_id prompt_id',
  ].flatMap((names) => names.split(' ')),
);

/** Strings that are one word out of a few, unless somebody sends something else. */
const NAMES: ReadonlySet<string> = new Set(
  [
    'tool_name agent_type permission_mode source reason trigger model',
    'from_model to_model requested_model event memory_type load_reason',
    'notification_type expansion_type command_source invoked_by subagent_type',
  ].flatMap((names) => names.split(' ')),
);
const NAME = /^[\w.:@-]{1,128}$/;

/** What tools are given and answer besides texts. */
const MEASURES: ReadonlySet<string> = new Set(
  [
    'replace_all replaceAll userModified interrupted isImage truncated',
    'success run_in_background timeout offset limit head_limit multiline',
    'numFiles numLines numMatches totalLines totalMatches startLine',
    'durationMs totalDurationMs totalTokens totalToolUseCount code bytes',
    'durationSeconds noOutputExpected type edit_mode',
  ].flatMap((names) => names.split(' ')),
);

/** The words that say which kind of file or of change a call was about. */
const KINDS: ReadonlySet<string> = new Set(
  'create update text notebook image pdf parts replace insert delete'.split(' '),
);

/** Keys that a reader meets where a text was; others are put together, because a key may be a text. */
const TEXTS: ReadonlySet<string> = new Set(
  [
    'content old_string new_string oldString newString edits originalFile',
    'structuredPatch new_source old_source original_file updated_file cell_id',
    'command description stdout stderr bashEditDiff pattern glob url',
    'query prompt subject todos oldTodos newTodos file filenames',
    'result text error task usage toolStats',
  ].flatMap((names) => names.split(' ')),
);

function reduceMember(key: string, value: Json, kept: Kept, keptOf: KeptOfCall): Json {
  if (key === 'tool_calls') return reduceBatch(value, keptOf);
  if (key === 'tool_input' || key === 'tool_response') return reduceValues(value, kept);
  if (isPlain(value)) return value;
  if (typeof value !== 'string') return leftOut(value, kept);
  if (key === 'prompt') return leftOutPrompt(value, kept);
  const isKept =
    ALWAYS.has(key) ||
    (NAMES.has(key) && NAME.test(value)) ||
    (kept.paths && PATH_KEYS.has(key) && isPath(value));
  return isKept ? value : leftOut(value, kept);
}

function reduceValues(value: Json, kept: Kept): Json {
  if (!isJsonObject(value)) return isPlain(value) ? value : leftOut(value, kept);
  const others: Json[] = [];
  const reduced = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
    if (MEASURES.has(key) && isMeasure(member)) return [[key, member]];
    if (PATH_KEYS.has(key) && typeof member === 'string') {
      return [[key, kept.paths && isPath(member) ? member : leftOut(member, kept)]];
    }
    if (TEXTS.has(key)) return [[key, leftOut(member, kept)]];
    others.push(key, member);
    return [];
  });
  if (others.length > 0) reduced.push(['others', leftOut(others, kept)]);
  return Object.fromEntries(reduced);
}

/** False for a text that a tool was given in the place of a path. */
function isPath(text: string): boolean {
  return text.length <= 4096 && !text.includes('\n');
}

function isMeasure(value: Json): boolean {
  return isPlain(value) || (typeof value === 'string' && KINDS.has(value));
}

function isPlain(value: Json): value is number | boolean | null {
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}
