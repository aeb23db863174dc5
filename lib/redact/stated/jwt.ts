import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { matchAt } from '../sticky.ts';

/** Finds JSON web tokens: two objects in base64 and a signature. */
export const JWT_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'jwt',
  triggers: ['eyJ'],
  find: findJwt,
};

// --- internal ---

const JWT = /(?<![A-Za-z0-9-])eyJ[\w-]{8,4096}\.eyJ[\w-]{8,16384}\.[\w-]{10,4096}/y;

function findJwt(text: string, at: number, found: FoundSecret[]): number {
  const match = matchAt(JWT, text, at)?.[0];
  if (match === undefined) return at + 1;
  found.push({ start: at, end: at + match.length, kind: 'jwt' });
  return at + match.length;
}
