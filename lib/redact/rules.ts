import { ASSIGNMENT_RULES } from './assignment.ts';
import { isIdentifierLike, isPlaceholder, isPlaceholderPassword } from './placeholder.ts';
import type { AnchoredRule, FoundSecret } from './rule.ts';
import { matchAt } from './sticky.ts';
import { tokenRule } from './tokens/token-rule.ts';
import { TOKENS } from './tokens/tokens.ts';

/** Our own rules, specific before general: when two find the same secret, the first names it. */
export const OWN_RULES: readonly AnchoredRule[] = [
  { scope: 'place', kind: 'private-key', triggers: ['-----begin'], find: findPrivateKey },
  ...TOKENS.map(tokenRule),
  { scope: 'place', kind: 'jwt', triggers: ['eyJ'], find: findJwt },
  { scope: 'place', kind: 'npm-token', triggers: ['_authtoken'], find: findNpmrcToken },
  { scope: 'place', kind: 'url-password', triggers: ['://'], find: findUrlPassword },
  { scope: 'place', kind: 'authorization', triggers: ['authorization'], find: findAuthorization },
  { scope: 'place', kind: 'authorization', triggers: ['bearer'], find: findBearer },
  ...ASSIGNMENT_RULES,
];

// --- internal ---

const PEM_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_END = /-{5,6}END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
/** Includes the quotes, signs and numbers that source code, a diff or a listing adds to each line. */
const PEM_BODY = /(?:[A-Za-z0-9+/=\s\\"'`→|:,.]|-(?!----)){0,16384}/y;
/** The body of a key whose end was cut off. */
const PEM_OPEN_BODY = /[A-Za-z0-9+/=\s\\→]{0,16384}/y;

function findPrivateKey(text: string, at: number): FoundSecret | undefined {
  const begin = matchAt(PEM_BEGIN, text, at)?.[0];
  if (begin === undefined) return undefined;
  const bodyStart = at + begin.length;
  const body = matchAt(PEM_BODY, text, bodyStart)?.[0] ?? '';
  const close = matchAt(PEM_END, text, bodyStart + body.length)?.[0];
  const whole = close === undefined ? (matchAt(PEM_OPEN_BODY, text, bodyStart)?.[0] ?? '') : body;
  if (!/[A-Za-z0-9+/]{40}/.test(whole)) return undefined;
  const end =
    bodyStart + (close === undefined ? whole.trimEnd().length : body.length + close.length);
  return { start: at, end, kind: 'private-key' };
}

const JWT = /(?<![\w-])eyJ[\w-]{8,4096}\.eyJ[\w-]{8,16384}\.[\w-]{10,4096}/y;

function findJwt(text: string, at: number): FoundSecret | undefined {
  const match = matchAt(JWT, text, at)?.[0];
  return match === undefined ? undefined : { start: at, end: at + match.length, kind: 'jwt' };
}

const NPMRC_TOKEN = /_authToken[ \t]{0,4}=[ \t]{0,4}([^\s"'`${}()<>[\]\\]{6,512})/y;

function findNpmrcToken(text: string, at: number): FoundSecret | undefined {
  return secretOf(matchAt(NPMRC_TOKEN, text, at), at, 'npm-token');
}

/** Excludes a container image's tag before its digest, as in `alpine:3@sha256:…`. */
const URL_PASSWORD = /:\/\/[^\s:@/?#"'`<>\\]{0,256}:([^\s/"'`<>\\]{3,256})@(?!sha\d)/y;
/** Matches a token in place of the user, as git accepts it: `https://TOKEN@host`. */
const URL_TOKEN = /:\/\/([\w-]{20,256})@(?=[\w-]+\.)/y;

function findUrlPassword(text: string, at: number): FoundSecret | undefined {
  const token = matchAt(URL_TOKEN, text, at);
  if (token !== null && /\d/.test(token[1] ?? '') && /[a-z]/i.test(token[1] ?? '')) {
    return secretOf(token, at, 'url-password', 1);
  }
  const match = matchAt(URL_PASSWORD, text, at);
  return isPlaceholderPassword(match?.[1] ?? '')
    ? undefined
    : secretOf(match, at, 'url-password', 1);
}

const AUTHORIZATION =
  /authorization\\*["'`]?\]?[ \t]{0,4}(?::=|=>|[:=,])[ \t]{0,4}\\*["'`]?(?:(bearer|basic|token|apikey|negotiate)[ \t]{1,4})?([\w.~+/=:-]{6,4096})/iy;
const BEARER = /bearer[ \t]{1,4}([\w.~+/=-]{16,4096})/iy;

function findAuthorization(text: string, at: number): FoundSecret | undefined {
  const match = matchAt(AUTHORIZATION, text, at);
  const value = match?.[2] ?? '';
  const made = /\d/.test(value) && !isIdentifierLike(value);
  const encoded =
    value.length >= 12 && /[a-z][A-Z]/.test(value) && !/token|key|secret|auth/i.test(value);
  if (match?.[1] === undefined ? !made || value.length < 12 : !made && !encoded) return undefined;
  return secretOf(match, at, 'authorization');
}

function findBearer(text: string, at: number): FoundSecret | undefined {
  const match = matchAt(BEARER, text, at);
  const value = match?.[1] ?? '';
  return /\d/.test(value) && !isIdentifierLike(value)
    ? secretOf(match, at, 'authorization')
    : undefined;
}

/**
 * Finds the last group of a match, which ends `tail` characters before the match does, unless it is a
 * placeholder.
 */
function secretOf(
  match: RegExpExecArray | null,
  at: number,
  kind: string,
  tail = 0,
): FoundSecret | undefined {
  const secret = match?.at(-1);
  if (match === null || secret === undefined || isPlaceholder(secret)) return undefined;
  const end = at + match[0].length - tail;
  return { start: end - secret.length, end, kind };
}
