import { isCredentials } from '../encoded.ts';
import { isPlaceholder, isPlaceholderPassword } from './placeholder.ts';
import type { NameClass } from '../named/name-words.ts';
import { isNoValue } from './no-value.ts';
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
  if (
    /^[#.][A-Za-z][\w-]*$/.test(value) &&
    !/[A-Za-z]\d+[A-Za-z]/.test(value) &&
    !isRandom(value.slice(1))
  )
    return false; // a CSS selector
  const digit = /\d/.test(value.replace(ENCODED, ''));
  switch (nameClass) {
    case 'code':
      return /^[\d-]{3,12}$/.test(value) || (value.length >= 6 && isTokenText(value, digit));
    case 'weak':
      return (value.length >= 16 && isRandom(value) && !UUID.test(value)) || isCredentials(value);
    case 'vendor':
      return value.length >= 20 && isRandom(value) && !UUID.test(value) && !/[/:]/.test(value);
    case 'session':
      return !UUID.test(value) && value.length >= 12 && isTokenText(value, digit);
    case 'token':
      return value.length >= 8 && isTokenText(value, digit);
    case 'password':
      if (/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{6}/.test(value)) return false; // a sentence
      if (!digit && isLabel(value.replace(ENCODED, '-'))) return false;
      if (/^[A-Z]\d{0,2}(?:[A-Z][a-z]{2,}){3,}$/.test(value)) return false; // a type
      return value.length >= 6;
  }
}

/** Judges a value without quotes where only text can stand: the environment, a flag, a query. */
export function isSecretWord(nameClass: NameClass, value: string): boolean {
  if (nameClass === 'code') return isSecretText('code', value);
  if (value.length < 6 || isPlaceholder(value) || isCall(value) || isNumberLike(value))
    return false;
  // An id, or a list of names.
  if (
    nameClass === 'token' &&
    (/^\d{1,8}$/.test(value) || (value.includes(',') && isIdentifierLike(value)))
  )
    return false;
  if (isVague(nameClass)) return isSecretText(nameClass, value);
  return /\d/.test(value) || !isLabel(value);
}

/** Judges a value without quotes where code may stand as well. `plain` is false after `name = `. */
export function isSecretLine(nameClass: NameClass, line: string, plain: boolean): boolean {
  const value = isOpen(line) ? line : line.replace(/[)\]},;]+$/, '');
  if (nameClass === 'code' && /^\d{4,12}$/.test(value)) return true;
  if (value.length < 6 || isPlaceholder(value) || isCodeName(value) || isNumberLike(value))
    return false;
  if (/\s/.test(value)) return isPlainPhrase(nameClass, value, plain);
  if (value.startsWith('(')) return false; // an expression
  if (/^\/.*\/[a-z]{0,4}[.;,)]?/.test(value) && !value.endsWith('=')) return false; // an expression, or a path
  if (!/\d/.test(value))
    return (
      (value.length >= 8 && (isGibberish(value) || isSigned(value))) ||
      (plain && nameClass === 'password' && isJoinedPhrase(value))
    );
  if (PROPERTY.test(value)) return false;
  if (isVague(nameClass)) return isSecretText(nameClass, value);
  if (/^\d+$/.test(value)) return value.length >= (plain && nameClass === 'password' ? 6 : 9);
  if (plain) return nameClass === 'password' || isSecretText('token', value);
  // In `a = b`, b is most likely a variable, unless it does not look like one.
  if (/^[A-Za-z_$][\w$]*$/.test(value)) return value.length >= 16 && !isIdentifierLike(value);
  return /[!@#$%^?~]/.test(value) || value.replace(/\D/g, '').length >= 3;
}

/** True for what people make up when they are asked for a digit: `coffee9905`, `Rocket_castle94!`. */
export function isMadeUp(nameClass: NameClass, value: string): boolean {
  return (
    nameClass === 'password' &&
    value.length >= 8 &&
    /^[A-Z]?[a-z]{3,16}(?:[-_.]?[A-Za-z]{3,16})?[-_!@#$%*?]?\d{2,4}[!@#$%*?]?$/.test(value) &&
    !/(?:sha|md|utf|base|int|aes|key|rsa|pkcs|oauth|http|pass\w*|pwd|user|test)[-_]?\d+$/i.test(
      value,
    )
  );
}

/** True for the name of something in code: a call, a member, a type. */
export function isCodeName(value: string): boolean {
  return isCall(value) || PROPERTY.test(value) || /^\w+(?:\[\w{1,16}\])?(?:\.\w+)+[[(]/.test(value);
}

/** Judges a value in the middle of code or prose, which must look like a secret by itself. */
export function isSecretAnywhere(nameClass: NameClass, value: string): boolean {
  if (value.length < (nameClass === 'password' ? 8 : 10)) return false;
  if (/\s/.test(value)) return isGibberishPhrase(value.split(/\s+/));
  // What most values are is told first: the looks below cost more.
  if ((!/\d/.test(value) && !isRandom(value)) || CODE.test(value)) return false;
  if (isPlaceholder(value) || isCall(value) || PROPERTY.test(value) || isNumberLike(value))
    return false;
  if (/^\d+$/.test(value))
    return (
      value.length >= (nameClass === 'session' ? 12 : 10) &&
      value.length <= 24 &&
      nameClass !== 'weak' &&
      nameClass !== 'vendor'
    );
  return isRandom(value) && isSecretText(nameClass, value);
}

// --- internal ---

/** A character as addresses write it. */
const ENCODED = /%[\dA-F]{2}/gi;
/** Lists of words for pass phrases have none that is longer. */
const LONGEST_WORD = 10;
/** No secret in one line is longer. */
const MOST_LETTERS = 4096;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const CODE = /^[[_(]|[;(){}[\]]$|^(?:this|self|new|await)\b|\w\.\w+\(|=>|&&/;
const PROPERTY = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/;

/** True when a bracket opens in a text. */
function isOpen(text: string): boolean {
  return /[([{]/.test(text);
}

/** True where a name may name something else, so that a value must look like a secret wherever it stands. */
function isVague(nameClass: NameClass): boolean {
  return nameClass === 'weak' || nameClass === 'session' || nameClass === 'vendor';
}

function isTokenText(value: string, digit: boolean): boolean {
  if (/^[A-Z][a-z]{2,12}\d+$/.test(value) && !isGibberish(value.replace(/\d+$/, ''))) return false; // a number with a label
  if (digit) return !isIdentifierLike(value) || /^\d+$/.test(value);
  return isGibberish(value) || (value.length >= 16 && isMixedCase(value)) || isSigned(value);
}

/** True for a version, a date, a number as code writes it, an expression, or an assignment. */
function isNumberLike(value: string): boolean {
  if (isNoValue(value)) return true;
  return /^(?:(?:\d:)?[\^~<>=v@]{0,2}[A-Za-z]?\d{1,6}(?:\.\d{1,6}){1,3}(?:[-+~:|@.][\w.+~|-]{1,32})?|0x[\da-f]{1,16}[ul]{0,3}|\d{1,4}(?:\/\d{1,6}){1,4}|\d{4}-\d\d-\d\d(?:[T ][\d:.Z+-]{5,20})?)$/i.test(
    value,
  );
}

/** True for a call or an element of something that is named like code. */
function isCall(value: string): boolean {
  const [, callee = '', rest = ''] = /^([A-Za-z_$][\w$.]*(?:::\w+)*)[([](.*)$/s.exec(value) ?? [];
  if (callee === '') return false;
  if (rest === '' && !/\d/.test(callee)) return true; // what it takes follows on the next line
  if (/^(?:substitute|matchstr|getattr)$/.test(callee)) return true; // what follows may be any pattern
  if (/[)\]};,]$/.test(rest))
    return !/[^\w\s.,'"`()[\]{}:;=>$?!|&+-]/.test(rest) && !/[a-z]\d[a-z]\d/i.test(rest);
  const isLong =
    (callee.length >= 8 && /[._]|[a-z][A-Z]/.test(callee)) ||
    /^(?:dict|getattr|str|int|list|set|map|tuple|substitute|expand|format)$/.test(callee);
  const isArguments = isLong ? /^[\w\s.,'"`$:=[\]()+*/-]*$/ : /^[\w\s.,'"`$(-]*$/;
  return isArguments.test(rest) && isIdentifierLike(callee.replaceAll('$', ''));
}

const SENTENCE =
  /\b(?:a|an|the|is|are|was|be|been|in|on|of|or|and|to|not|no|for|your|you|must|please|with|if|this|that|at|by|from|it|as|can|cannot|should|will|has|have|enter|all|found|passed|failed|used|using|when|required|invalid|incorrect|wrong|expired|forgot|reset|change|new|old|confirm|repeat|current|least|characters|de|la|le|el|der|die|das)\b/i;

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
  if (words.some((word) => word.length > LONGEST_WORD)) return false; // a sentence in another language
  return words.length >= 3 && /^[a-z\d]+$/.test(letters) && letters.length >= 12;
}

/** Four words or more that make a pass phrase, not a name: `coffee-battery-purple-correct`. */
function isJoinedPhrase(value: string): boolean {
  return (
    /^[a-z]{4,10}(?<sign>[-_.])[a-z]{4,10}(?:\k<sign>[a-z]{4,10}){2,6}$/.test(value) &&
    !SENTENCE.test(value.replace(/[-_.]/g, ' ')) &&
    !isLabel(value.replace(/[-_.]/g, ''))
  );
}

/** Words of gibberish, or, behind the name of a password, four or more that make no sentence. */
function isPlainPhrase(nameClass: NameClass, value: string, plain: boolean): boolean {
  const words = value.split(/\s+/);
  if (isGibberishPhrase(words)) return true;
  return (
    plain &&
    nameClass === 'password' &&
    words.length >= 4 &&
    words.length <= 8 &&
    words.every((word) => /^[a-z]{3,10}$/.test(word)) &&
    !SENTENCE.test(value) &&
    !isLabel(words.join(''))
  );
}

/** Nothing but words that name what a login takes: `user@fwuser`. */
const NAMES =
  /^(?:[a-z]{0,3}(?:pass(?:word|wd)?|pwd|secret|token|auth|user(?:name)?|login|host|key)[^\w]?)+$/i;

/** True for a word meant for people or code, such as a label of a form or a key of a dictionary. */
function isLabel(value: string): boolean {
  if (NAMES.test(value)) return true;
  if (isSigned(value)) return false;
  return (
    /[^\x21-\x7e]/.test(value) ||
    /^[A-Z][a-z]+$/.test(value) ||
    /^[a-z]{2,10}[-_:][a-z]{2,10}$/i.test(value) ||
    (/\./.test(value) && !/^(?!com|org|net)[a-z]{4,9}(?:\.[a-z]{4,9}){3,}$/.test(value)) ||
    /pass|secret|token|auth|(?<![a-z])key|apikey|pwd|cred|username|login/i.test(value)
  );
}
