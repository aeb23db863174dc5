import { isCredentials } from '../encoded.ts';
import { isPlaceholder, isPlaceholderPassword } from '../value/placeholder.ts';
import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { quotedAt } from '../named/value-span.ts';
import type { ValueSpan } from '../named/value-span.ts';
import { endAt, matchAt } from '../sticky.ts';
import { isCodeName, isSecretText } from '../value/secret-value.ts';
import { isIdentifierLike, isRandom } from '../value/word-shape.ts';

/** Values of headers that let somebody in: authorization, bearer tokens, cookies. */
export const AUTHORIZATION_RULES: readonly AnchoredRule[] = [
  { scope: 'place', kind: 'authorization', triggers: ['authorization'], find: findAuthorization },
  { scope: 'place', kind: 'authorization', triggers: ['bearer', 'basic '], find: findScheme },
  { scope: 'place', kind: 'cookie', triggers: ['cookie'], find: findCookies },
];

// --- internal ---

const AUTHORIZATION =
  /authorization\\*["'`]?\]?[ \t]{0,4}(?::=|=>|[:=,])[ \t]{0,4}\\*["'`]?(?:(bearer|basic|token|apikey|api-key|negotiate|digest|splunk|ssws|bot|key|sso-key|genie-?key|aws4-hmac-sha256)[ \t=:]{1,4})?([^\s"'`,;\\<>]{6,4096})/iy;
const BEARER = /bearer(?:\\?["'`]?[,:=]?[ \t]{1,4}\\?["'`]?|%20|\+)([\w.~+/=-]{16,4096})/iy;
const BASIC = /basic[ \t]{1,4}([A-Za-z\d+/]{12,1024}={0,2})/iy;

/** What stands before a header's value in quotes of its own, and before the credentials in it. */
const HEADER = /authorization\\*["'`]?\]?[ \t]{0,4}(?::=|=>|[:=,])[ \t]{0,4}/iy;
const SCHEME = /(?:bearer|token|apikey|api-key|splunk|ssws|bot|sso-key|genie-?key)[ \t=:]{1,4}/iy;

/** All that the quotes hold behind a scheme: signs that end a value elsewhere do not end it. */
function quotedCredentials(text: string, at: number): ValueSpan | undefined {
  const from = endAt(HEADER, text, at);
  const quoted = from === undefined ? undefined : quotedAt(text, from);
  if (quoted === undefined) return undefined;
  const start = endAt(SCHEME, text, quoted.start);
  if (start === undefined || start >= quoted.end) return undefined;
  const value = text.slice(start, quoted.end);
  return isSecretText('password', value) && !isCodeName(value)
    ? { start, end: quoted.end }
    : undefined;
}

function findAuthorization(text: string, at: number, found: FoundSecret[]): number {
  const quoted = quotedCredentials(text, at);
  if (quoted !== undefined) {
    found.push({ ...quoted, kind: 'authorization' });
    return quoted.end;
  }
  const match = matchAt(AUTHORIZATION, text, at);
  if (match === null) return at + 1;
  const value = match[2] ?? '';
  const made = isRandom(value);
  const encoded =
    value.length >= 12 && /[a-z][A-Z]/.test(value) && !/token|key|secret|auth/i.test(value);
  if (/^basic$/i.test(match[1] ?? '') && isPlaceholderPassword(passwordOf(value))) return at + 1;
  const isSecret =
    match[1] === undefined ? made && value.length >= 12 : made || encoded || isRandom(value);
  return isSecret && !isPlaceholder(value) && !isCodeName(value)
    ? addLast(found, match, at)
    : at + 1;
}

function findScheme(text: string, at: number, found: FoundSecret[]): number {
  const basic = matchAt(BASIC, text, at);
  if (basic !== null)
    return isCredentials(basic[1] ?? '') && !isPlaceholderPassword(passwordOf(basic[1] ?? ''))
      ? addLast(found, basic, at)
      : at + 1;
  const match = matchAt(BEARER, text, at);
  const value = match?.[1] ?? '';
  const isSecret = (/\d/.test(value) && !isIdentifierLike(value)) || isRandom(value);
  return match !== null && isSecret && !isPlaceholder(value) ? addLast(found, match, at) : at + 1;
}

function passwordOf(base64: string): string {
  return Buffer.from(base64, 'base64')
    .toString('latin1')
    .replace(/^[^:]*:/, '');
}

const COOKIE =
  /(?:set-)?cookies?\d?\\{0,15}["'`]?[ \t]{0,4}[:=,][ \t]{0,4}\\{0,15}["'`]?(?=[\w.$%-]{1,64}=)/iy;
const CRUMB = /([\w.$%-]{1,64})=([^\s;"'`\\,]{0,4096})(;[ \t]{0,2})?/y;
const MOST_CRUMBS = 64;

/** The random values of `Cookie: a=V; b=W`. */
function findCookies(text: string, at: number, found: FoundSecret[]): number {
  const head = matchAt(COOKIE, text, at);
  if (head === null) return at + 1;
  let next = at + head[0].length;
  for (let i = 0; i < MOST_CRUMBS; i += 1) {
    const crumb = matchAt(CRUMB, text, next);
    if (crumb === null) break;
    const [whole, name = '', value = '', more] = crumb;
    const start = next + name.length + 1;
    if (value.length >= 12 && isRandom(value) && !isPlaceholder(value)) {
      found.push({ start, end: start + value.length, kind: 'cookie' });
    }
    next += whole.length;
    if (more === undefined) break;
  }
  return next;
}

/** Adds the last group of a match, which ends with it, and returns where it ends. */
function addLast(found: FoundSecret[], match: RegExpExecArray, at: number): number {
  const end = at + match[0].length;
  found.push({ start: end - (match.at(-1)?.length ?? 0), end, kind: 'authorization' });
  return end;
}
