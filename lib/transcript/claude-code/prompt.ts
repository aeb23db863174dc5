import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** The prompt that a record of type `user` holds, as a hook is given it; undefined for what Claude Code wrote itself. */
export function promptIn(record: JsonObject): string | undefined {
  if (record['isMeta'] === true || record['isCompactSummary'] === true) return undefined;
  if (record['isVisibleInTranscriptOnly'] === true) return undefined;
  const content = asObject(record['message'])?.['content'];
  const text =
    asString(content) ??
    asArray(content)
      .flatMap((block) =>
        isJsonObject(block) && block['type'] === 'text' ? (asString(block['text']) ?? []) : [],
      )
      .join('\n');
  // Commands that Claude Code carries out itself, with what they print, and what it says of an interruption.
  if (text === '' || OF_CLAUDE_CODE.test(text)) return undefined;
  return text;
}

// --- internal ---

const OF_CLAUDE_CODE =
  /^\s*(?:<(?:local-command|command-name|command-message|command-args|bash-(?:input|stdout|stderr))|\[Request interrupted by user)/;
