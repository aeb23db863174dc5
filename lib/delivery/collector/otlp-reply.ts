import { parseBoundedJson } from '../../base/json/bounded-json.ts';
import { errorText } from '../../lineage-api/api-reply.ts';
import type { HttpReply } from '../http/http-client.ts';

/** True for HTML: a captive portal or a gateway answered, and no collector received the request. */
export function isPage({ headers, text }: HttpReply): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(?:!|html)/i.test(text);
}

/** The message of an error reply, for people: from JSON, plain text, or a `Status` in protobuf. */
export function wordsOf({ headers, text }: HttpReply): string {
  if (/protobuf/i.test(headers['content-type'] ?? '')) return longestText(text);
  return errorText(parsed(text), text);
}

// --- internal ---

/**
 * The longest run of text in a protobuf message. OpenTelemetry's serialisers cannot read google.rpc.Status,
 * whose only text is its message.
 */
function longestText(text: string): string {
  const runs = text.split(/[^\P{C}\n\t]|\uFFFD/u).map((run) => withoutLength(run).trim());
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

/** Removes the length byte that precedes a text in protobuf, which may look like a letter. */
function withoutLength(run: string): string {
  const rest = run.slice(1);
  return run.charCodeAt(0) === Buffer.byteLength(rest) ? rest : run;
}

function parsed(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}
