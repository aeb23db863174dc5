import { errorText } from '../../lineage-api/api-reply.ts';
import type { HttpReply } from '../http/http-client.ts';

/** True for HTML: a captive portal or a gateway has answered, and no collector has taken anything. */
export function isPage({ headers, text }: HttpReply): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(?:!|html)/i.test(text);
}

/** What an error reply says, for people: in JSON, in plain text, or a `Status` in protobuf. */
export function wordsOf({ headers, text }: HttpReply): string {
  if (/protobuf/i.test(headers['content-type'] ?? '')) return longestText(text);
  return errorText(parsed(text), text);
}

// --- internal ---

/** Of google.rpc.Status only the message is text, and the serialisers can't read it. */
function longestText(text: string): string {
  const runs = text.split(/[^\P{C}\n\t]|\uFFFD/u).map((run) => withoutLength(run).trim());
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

/** A text has its length before it, which may look like a letter. */
function withoutLength(run: string): string {
  const rest = run.slice(1);
  return run.charCodeAt(0) === Buffer.byteLength(rest) ? rest : run;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
