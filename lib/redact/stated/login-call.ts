import { isSecretText } from '../value/secret-value.ts';
import { isRandom } from '../value/word-shape.ts';
import { quotedAt } from '../named/value-span.ts';
import type { ValueSpan } from '../named/value-span.ts';
import type { AnchoredRule } from '../rule.ts';
import { endAt, matchAt } from '../sticky.ts';

/** Calls that log in or sign, whose arguments say what they are by their places: `login("joe", "V")`, `Fernet("V")`. */
export const LOGIN_CALL_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'assignment',
  triggers: [
    'login(',
    'basicauth(',
    'basic_auth(',
    'auth(',
    'credential(',
    'credentials(',
    'getconnection(',
    'pdo(',
    'connect(',
    'authenticate(',
    'sign_in(',
    'signin(',
    'jwt.sign(',
    'jwt.encode(',
    'jwt.verify(',
    'jwt.decode(',
    'createhmac(',
    'hmac.new(',
    'fernet(',
    'stripe(',
    'createclient(',
    'btoa(',
    'b64encode(',
    'create_user(',
    'create_superuser(',
    'auth=(',
    'auth = (',
  ],
  find(text, at, found) {
    const opening = text.indexOf('(', at);
    let next = opening + 1;
    let user = false;
    for (let i = 0; i < MOST_ARGUMENTS; i += 1) {
      const from = endAt(BEFORE_ARGUMENT, text, next) ?? next;
      const value = quotedAt(text, from);
      if (value === undefined) {
        const other = matchAt(OTHER_ARGUMENT, text, from);
        if (other === null) break;
        next = from + other[0].length;
      } else {
        const secret =
          secretIn(text, value, i) ?? (i === 1 && user ? passwordOf(text, at, value) : undefined);
        if (i === 0) user = true;
        if (secret) found.push({ ...secret, kind: 'assignment' });
        const after = endAt(AFTER_ARGUMENT, text, value.end);
        if (after === undefined) break;
        next = after;
      }
    }
    return opening + 1;
  },
};

// --- internal ---

const MOST_ARGUMENTS = 5;
const BEFORE_ARGUMENT = /\s{0,8}(?:Some\(|\w{1,24}\s?[=:]\s?)?/y;
const OTHER_ARGUMENT = /(?:\{[^{}\n]{0,128}\}|[^"'`,(){}\n]{1,64}(?:\([^()\n]{0,64}\))?)\s{0,2},/y;
const AFTER_ARGUMENT = /["'`]\)?\s{0,2},/y;

/** Calls whose second string is the password of the first, whatever it looks like. */
const LOGS_IN = /(?:login|basic_?auth|authenticate|sign_?in)\(/iy;

function passwordOf(text: string, at: number, value: ValueSpan): ValueSpan | undefined {
  const shown = text.slice(value.start, value.end);
  return endAt(LOGS_IN, text, at) !== undefined &&
    isSecretText('password', shown) &&
    !SCHEME.test(shown)
    ? value
    : undefined;
}

/** What follows a user's name may be a password that people chose; alone, an argument must look random. */
function secretIn(text: string, value: ValueSpan, index: number): ValueSpan | undefined {
  const shown = text.slice(value.start, value.end).replace(/%[\dA-F]{2}/gi, '-');
  const pair = /^[\w.@+-]{1,64}:(?!\/\/)/.exec(shown);
  if (pair !== null) {
    const start = value.start + pair[0].length;
    return isSecretText('password', text.slice(start, value.end)) && /\d|[^\w:/.-]/.test(shown)
      ? { start, end: value.end }
      : undefined;
  }
  const isChosen = index > 0 && /\d/.test(shown) && /[a-z]/i.test(shown) && !/[.:/ ]/.test(shown);
  return (isChosen || isRandom(shown)) && isSecretText('password', shown) && !SCHEME.test(shown)
    ? value
    : undefined;
}

/** An address, a path, or the name of a method. */
const SCHEME =
  /^\w{1,16}:\/\/|^[\w.-]+\.\w{2,5}(?::\d+)?$|^\/|^[A-Z]{2,4}-?\d{1,4}$|^sha-?\d|^md5$|^utf-?8$/i;
