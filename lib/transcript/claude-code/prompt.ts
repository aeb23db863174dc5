import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';

/** The prompt that a record of type `user` holds, as a hook is given it; undefined for what Claude Code wrote itself. */
export function promptIn(record: JsonObject): string | undefined {
  if (record['isMeta'] === true || record['isCompactSummary'] === true) return undefined;
  if (record['isVisibleInTranscriptOnly'] === true) return undefined;
  const text = typedText(asObject(record['message'])?.['content']);
  // Commands that Claude Code carries out itself, with what they print, and what it says of an interruption.
  if (text === '' || OF_CLAUDE_CODE.test(text)) return undefined;
  return text;
}

/** The text that a person typed, without the images beside it; empty if only images were sent. */
export function typedText(content: Json | undefined): string {
  return (
    asString(content) ??
    asArray(content)
      .flatMap((block) =>
        isJsonObject(block) && block['type'] === 'text' ? (asString(block['text']) ?? []) : [],
      )
      .join('\n')
  );
}

// --- internal ---

const OF_CLAUDE_CODE =
  /^\s*(?:<(?:local-command|command-name|command-message|command-args|bash-(?:input|stdout|stderr))|\[Request interrupted by user)/;
