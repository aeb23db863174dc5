import { isGibberish } from './word-shape.ts';

/**
 * True for a value that stands in for a secret: a variable, a template, a mask, a reference to where the
 * secret is kept, or a word such as `changeme`. What stands around an interpolation may itself be a
 * secret with braces in it, so that it must look like words.
 */
export function isPlaceholder(value: string): boolean {
  if (!/^\w*$/.test(value)) {
    if (REFERENCE.test(value) || isPath(value) || isFilled(value)) return true;
  } else if (/x{4}|^(.)\1*$/i.test(value) && isFilled(value)) return true;
  return WORD.test(value) || (FILLER.test(value) && !/[A-Za-z]\d[A-Za-z]\w{0,40}\d/.test(value));
}

/** The same for the password of a URL, which documentation often writes as `password`. */
export function isPlaceholderPassword(value: string): boolean {
  return PASSWORD_IN_DOCS.test(value) || isPlaceholder(value);
}

// --- internal ---

/** True for a path; base64 may begin like one. */
function isPath(value: string): boolean {
  return PATH.test(value) && !(value.length >= 20 && /^[\w/]*[+=][\w+/]*={0,2}$/.test(value));
}

/** True when words at most are left without what is interpolated or masked. */
function isFilled(value: string): boolean {
  const rest = value
    .replace(INTERPOLATION, (part) => (isOdd(part) ? part : ' '))
    .replace(MASK, ' ');
  if (rest === value) return false;
  const words = rest.trim().split(/[^A-Za-z\d]+/);
  return (
    words.join('').length < 4 ||
    words.every(
      (word) => /^(?:\d+|[A-Za-z_]*\d{0,2})$/.test(word) && !isGibberish(word.replace(/\d+$/, '')),
    )
  );
}

/** True for `$` and letters that name no variable. */
function isOdd(part: string): boolean {
  if (/^[<{]\w*(?:[A-Za-z]\d+[A-Za-z]|\d[A-Za-z])\w*[>}]$/.test(part)) return true;
  const name = /^\$([A-Za-z]+)\d{0,2}$/.exec(part)?.[1] ?? '';
  return name !== name.toUpperCase() && isGibberish(name);
}

/** `${X}`, `$(x)`, `$X`, `{{ x }}`, `{x}`, `<x>`, `%(x)s`, `%X%`, `#{x}`, `[x]`. */
const INTERPOLATION =
  /\$\{[^{}]{0,128}\}?|\$\([^()]{0,128}\)?|\$(?:[A-Za-z_]+\d{0,2}|\d)(?!\w)|\{\{[^{}]{0,128}\}\}|\{[A-Za-z_.]{0,64}\d?\}|<[^<>]{1,64}>|&lt;|%s(?=[/:.-])|\$[A-Z][A-Z\d]*(?:_[A-Z\d]+)+|\$(?:[A-Z][a-z]+\d{0,2}){2,}|%\(\w{0,64}\)s?|%(?:[A-Z_]{2,64}|[A-Za-z_]{5,64})%|^%[sdv]$|#\{[^{}]{0,128}\}|\[redacted:?[\w-]{0,40}\]?/g;
const MASK = /^(.)\1*$|x{4,}|X{4,}|\*{3,}|\.{3,}|…|•+|^\[?redacted\]?$/gi;
const WORD =
  /^(?:null|none|nil|undefined|true|false|string|number|boolean|required|optional|default|define|invalid|missing|enabled|disabled|current|confirm|hidden|visible|generated|public|private|symmetric|inherit|include|redacted|(?:sha|md|utf|oauth|base|u?int|float|bytes)-?\d{1,3})$/i;
const FILLER =
  /^(?:your|enter|insert|replace)[-_ ]|^my[-_]?(?:password|secret|token|key)\d?$|example|placeholder|change[-_]?me|dummy|sample|not[-_]?set|goes[-_]here|^(?:super|my|top)?[-_]?secret[-_]?\w{0,2}\d{0,3}$|sensitive|^(?:hidden|value)\d?$|^secret-|^12345(?:6(?:7(?:8(?:90?)?)?)?)?$|^user(?:name)?(?::|%3a)(?:pass(?:word)?|pw|pwd)$|^(?:dead|beef|cafe|babe|feed|face|bad|c0de|f00d){2,}$|^aabbcc(?:dd(?:ee(?:ff)?)?)?$|abcdefghij|^(?:abc(?:123)?|abcd(?:efg?)?)$/i;
const REFERENCE =
  /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|(?:env|op|vault|arn|ssm|file|keyring|secretref|projects):|!{0,2}(?:process\.env|import\.meta|os\.environ|os\.getenv|secrets|env|vars|config|settings|self|this|req|args|options|ctx)[.[(])/i;
const PATH = /^(?:~|\.{1,2})?\/(?:[\w@.-]+\/|[\w-]+\.\w{1,5}$)|^[A-Za-z]:\\/;
const PASSWORD_IN_DOCS =
  /^(?:(?:some|my|your|the|db|user|test|an?|super)?[-_]?(?:pass|passwd|password|pwd|secret|token)|password\d{1,4}|(?:foo|bar|baz|qux|blah|lorem|ipsum|bogus|whatever|nomatter|doesnotexist)+|user|username|x-oauth-basic|(?:pserver:|-)?anon\w{0,8}@?|guest)$/i;
