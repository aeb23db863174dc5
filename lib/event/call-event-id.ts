import { hexDigest } from '../base/digest.ts';

/** The id of the event `name` about a call, by which it is stored once; only for ids that Claude Code has given. */
export function callEventId(sessionId: string, toolUseId: string, name: string): string {
  return hexDigest(`${sessionId}\n${toolUseId}\n${name}`, 32);
}
