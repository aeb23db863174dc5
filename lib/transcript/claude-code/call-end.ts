import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { isDenial } from '../../event/tool-call.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import { ownWord } from './own-word.ts';
import type { Permission } from '../told.ts';

/** How a call ended, as its result tells. */
export interface CallEnd {
  readonly outcome: ToolOutcome;
  /** False for a call that was refused before any hook was asked. */
  readonly hasBegun: boolean;
  /** What the event after the call tells of it, with its name; undefined where there was none. */
  readonly end: ({ readonly name: string } & JsonObject) | undefined;
  readonly permission: Permission | undefined;
}

/** What Claude asked for. */
interface Asked {
  readonly name: string;
  readonly input: Json;
}

/**
 * How a call ended, of which Claude asked this, by a block of type `tool_result` and the record around it. A version that names no permission decision
 * tells a refusal by its words only.
 */
export function callEnd(result: JsonObject, record: JsonObject, asked: Asked): CallEnd {
  const response = record['toolUseResult'];
  const content = result['content'] ?? '';
  const text = textOf(content);
  const permission = permissionIn(record);
  const told = { hasBegun: true, permission };
  if (result['is_error'] !== true) {
    const isInterrupted = asObject(response)?.['interrupted'] === true;
    const toldResponse = response ?? createdFile(asked, text) ?? content;
    const end = { name: 'PostToolUse', tool_response: toldResponse };
    return { ...told, outcome: isInterrupted ? 'interrupted' : 'ok', end };
  }
  const denial = asString(record['toolDenialKind']);
  // Claude Code made it up when it went on after a kill. What hooks tell then is the next prompt.
  if (denial === 'interrupted') return { ...told, outcome: 'interrupted', end: undefined };
  if (text.startsWith(NEVER_RAN)) {
    const isRefused = permission?.decision === 'reject' || isDenial(text);
    return {
      ...told,
      outcome: isRefused ? 'denied' : 'rejected',
      hasBegun: false,
      end: { name: 'PostToolBatch', tool_response: content },
    };
  }
  const isRefused =
    permission === undefined
      ? denial !== undefined || REFUSAL.test(text) || isDenial(text)
      : permission.decision === 'reject';
  if (isRefused) {
    return { ...told, outcome: 'denied', end: { name: 'PostToolBatch', tool_response: content } };
  }
  const isInterrupted = INTERRUPTION.test(text);
  const error = asString(response)?.replace(/^Error: /, '') ?? text;
  return {
    ...told,
    outcome: isInterrupted ? 'interrupted' : 'failed',
    end: { name: 'PostToolUseFailure', error, is_interrupt: isInterrupted },
  };
}

// --- internal ---

/** How Claude Code marks what it found wrong before it ran the call, or asked any hook. */
const NEVER_RAN = '<tool_use_error>';
const INTERRUPTION = /^\[Request interrupted by user/;
/** The words with which older versions refuse a call that hooks were asked about. */
const REFUSAL = new RegExp(
  '^(?:' +
    [
      "The user doesn't want to (?:proceed|take this action)",
      'Claude requested permissions? to ',
      'This command requires approval',
      String.raw`\S{1,200} in '.{1,4000}' (?:needs approval|was blocked)`,
      'Cannot [a-z]+ to .{1,4000} while in plan mode',
      String.raw`PreToolUse:\S{1,200} hook (?:error|returned blocking error)`,
    ].join('|') +
    ')',
);

/**
 * What a hook is told of a file that is new, where only the words say that it is: of subagents and in old versions. So it
 * is known that nothing stood there before.
 */
function createdFile({ name, input }: Asked, text: string): JsonObject | undefined {
  if (name !== 'Write' || !text.startsWith('File created successfully at:')) return undefined;
  const { file_path: filePath, content } = asObject(input) ?? {};
  if (typeof filePath !== 'string' || typeof content !== 'string') return undefined;
  return { type: 'create', filePath, content, structuredPatch: [], originalFile: null };
}

function permissionIn(record: JsonObject): Permission | undefined {
  const told = asObject(record['permissionDecision']);
  const decision = ownWord(told?.['decision']);
  if (!told || decision === null) return undefined;
  const reason = ownWord(told['reasonCode']) ?? ownWord(told['reasonType']);
  return { decision, source: ownWord(told['source']), reason };
}

function textOf(content: Json): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .flatMap((block) => (isJsonObject(block) ? (asString(block['text']) ?? []) : []))
    .join('\n');
}
