import { isCredentials } from '../encoded.ts';
import { isPlaceholder, isPlaceholderPassword } from './placeholder.ts';
import type { NameClass } from '../named/name-words.ts';
import {
  isGibberish,
  isGibberishPhrase,
  isIdentifierLike,
  isMixedCase,
  isRandom,
  isSigned,
} from './word-shape.ts';

/** Judges a value that is certainly text, not code, such as one in quotes. */
export function isSecretText(nameClass: NameClass, value: string): boolean {
  if (
    value.length < 3 ||
    value.length > MOST_LETTERS ||
    isPlaceholderPassword(value) ||
    isNumberLike(value)
  )
    return false;
  if (/\s/.test(value)) return isPhrase(nameClass, value);
  if (/^[#.][A-Za-z][\w-]*$/.test(value) && !isRandom(value.slice(1))) return false; // a CSS selector
  const digit = /\d/.test(value);
  switch (nameClass) {
    case 'code':
      return /^[\d-]{3,12}$/.test(value) || (value.length >= 6 && isTokenText(value, digit));
    case 'weak':
      return (value.length >= 16 && isRandom(value) && !UUID.test(value)) || isCredentials(value);
    case 'session':
      return !UUID.test(value) && value.length >= 12 && isTokenText(value, digit);
    case 'token':
      return value.length >= 8 && isTokenText(value, digit);
    case 'password':
      return value.length >= 6 && (digit || !isLabel(value));
  }
}

/** Judges a value without quotes where only text can stand: the environment, a flag, a query. */
export function isSecretWord(nameClass: NameClass, value: string): boolean {
  if (nameClass === 'code') return isSecretText('code', value);
  if (value.length < 6 || isPlaceholder(value) || isCall(value) || isNumberLike(value))
    return false;
  if (nameClass === 'weak' || nameClass === 'session') return isSecretText(nameClass, value);
  return /\d/.test(value) || !isLabel(value);
}

/** Judges a value without quotes where code may stand as well. `plain` is false after `name = `. */
export function isSecretLine(nameClass: NameClass, value: string, plain: boolean): boolean {
  if (nameClass === 'code' && /^\d{4,12}$/.test(value)) return true;
  if (value.length < 6 || isPlaceholder(value) || isCall(value) || isNumberLike(value))
    return false;
  if (/\s/.test(value)) return isGibberishPhrase(value.split(/\s+/));
  if (/^\/.*\/[a-z]{0,4}[.;,)]?/.test(value)) return false; // an expression, or a path
  if (!/\d/.test(value)) return value.length >= 8 && (isGibberish(value) || isSigned(value));
  if (PROPERTY.test(value)) return false;
  if (nameClass === 'weak' || nameClass === 'session') return isSecretText(nameClass, value);
  if (/^\d+$/.test(value)) return value.length >= (plain && nameClass === 'password' ? 6 : 9);
  if (plain) return nameClass === 'password' || isSecretText('token', value);
  // In `a = b`, b is most likely a variable, unless it does not look like one.
  if (/^[A-Za-z_$][\w$]*$/.test(value)) return value.length >= 16 && !isIdentifierLike(value);
  return /[!@#$%^?~]/.test(value) || value.replace(/\D/g, '').length >= 3;
}

/** Judges a value in the middle of code or prose, which must look like a secret by itself. */
export function isSecretAnywhere(nameClass: NameClass, value: string): boolean {
  if (value.length < 8) return false;
  if (/\s/.test(value)) return isGibberishPhrase(value.split(/\s+/));
  if (/^[A-Za-z]*$/.test(value) && !isRandom(value)) return false;
  if (isPlaceholder(value) || isCall(value) || PROPERTY.test(value) || isNumberLike(value))
    return false;
  if (/^\d+$/.test(value)) return value.length >= 10 && value.length <= 24 && nameClass !== 'weak';
  if (/^[[_(]|[;(){}[\]]$|^(?:this|self|new|await)\b|\w\.\w+\(|=>|&&/.test(value)) return false; // code
  return (
    value.length >= (nameClass === 'password' ? 8 : 10) &&
    isRandom(value) &&
    isSecretText(nameClass, value)
  );
}

// --- internal ---

/** No secret in one line is longer. */
const MOST_LETTERS = 4096;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const PROPERTY = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;

function isTokenText(value: string, digit: boolean): boolean {
  if (digit) return !isIdentifierLike(value) || /^\d+$/.test(value);
  return isGibberish(value) || (value.length >= 16 && isMixedCase(value)) || isSigned(value);
}

/** True for a version, a date, a number as code writes it, an expression, or an assignment. */
function isNumberLike(value: string): boolean {
  if (
    /\[\^?\\?\w-\\?\w|\\[dwsbDWS][+*{\]]|\(\?[:=!<]|^[A-Z_]{3,32}=|[\w$]\[\w{0,8}\]\.\w+|^[A-Za-z]+(?:\\+["'`]){1,3}[)\];,]|:`|^&(?:#\w{2,5}|quot|lt|gt);|^[A-Za-z_]\w*<[A-Za-z]\w*[>,]?|^\\[xu[]/.test(
      value,
    )
  )
    return true;
  return /^(?:[\^~<>=v@]{0,2}\d{1,4}(?:\.\d{1,4}){1,3}(?:[-+][\w.]{1,20})?|0x[\da-f]{1,16}|\d{4}-\d\d-\d\d(?:[T ][\d:.Z+-]{5,20})?)$/i.test(
    value,
  );
}

/** True for a call or an element of something that is named like code. */
function isCall(value: string): boolean {
  const [, callee = '', rest = ''] = /^([A-Za-z_$][\w$.]*)[([](.*)$/s.exec(value) ?? [];
  if (callee === '') return false;
  if (/[)\]};,]$/.test(rest))
    return !/[^\w\s.,'"`()[\]{}:;=>$?!|&-]/.test(rest) && !/[a-z]\d[a-z]\d/i.test(rest);
  return /^[\w\s.,'"`$-]*$/.test(rest) && isIdentifierLike(callee.replaceAll('$', ''));
}

const SENTENCE =
  /\b(?:a|an|the|is|are|was|be|been|in|on|of|or|and|to|not|no|for|your|you|must|please|with|if|this|that|at|by|from|it|as|can|cannot|should|will|has|have|enter|required|invalid|incorrect|wrong|expired|forgot|reset|change|new|old|confirm|repeat|current|least|characters|de|la|le|el|der|die|das)\b/i;

/** Words that say nothing to people, or, after the name of a password, that make no sentence. */
function isPhrase(nameClass: NameClass, value: string): boolean {
  const words = value.trim().split(/\s+/);
  if (words.length > 24) return false;
  const letters = words.join('');
  if (isGibberishPhrase(words)) return true;
  if (SENTENCE.test(value)) return false;
  if (words.some((word) => /^[\w+/=-]{10,}$/.test(word) && /\d/.test(word) && isRandom(word)))
    return true;
  if (nameClass !== 'password' || isLabel(letters)) return false;
  return words.length >= 3 && /^[a-z\d]+$/.test(letters) && letters.length >= 12;
}

/** True for a word meant for people or code, such as a label of a form or a key of a dictionary. */
function isLabel(value: string): boolean {
  if (isSigned(value)) return false;
  return (
    /[^\x21-\x7e]/.test(value) ||
    /^[A-Z][a-z]+$/.test(value) ||
    /^[a-z]{2,10}[-_:][a-z]{2,10}$/i.test(value) ||
    /\./.test(value) ||
    /pass|secret|token|auth|key|pwd|cred|username|login/i.test(value)
  );
}
