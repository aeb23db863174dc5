import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { endAt } from '../sticky.ts';

/** Finds JSON web tokens: two objects in base64 and a signature. */
export const JWT_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'jwt',
  triggers: ['eyJ'],
  find: findJwt,
};

// --- internal ---

const HEAD = /(?<![A-Za-z0-9-])eyJ[\w-]{8,4096}/y;
const REST = /\.eyJ[\w-]{8,16384}\.[\w-]{10,4096}/y;

function findJwt(text: string, at: number, found: FoundSecret[]): number {
  const head = endAt(HEAD, text, at);
  if (head === undefined) return at + 1;
  // Within a head no other one begins that would end elsewhere.
  const end = endAt(REST, text, head);
  if (end === undefined) return head;
  found.push({ start: at, end, kind: 'jwt' });
  return end;
}
