/**
 * True for a value that stands in for a secret: a variable, a template, a mask, a reference to where the
 * secret is kept, or a word such as `changeme`.
 */
export function isPlaceholder(value: string): boolean {
  return (
    INTERPOLATION.test(value) ||
    MASK.test(value) ||
    WORD.test(value) ||
    FILLER.test(value) ||
    REFERENCE.test(value) ||
    PATH.test(value)
  );
}

/** The same for the password of a URL, which documentation often writes as `password`. */
export function isPlaceholderPassword(value: string): boolean {
  return PASSWORD_IN_DOCS.test(value) || isPlaceholder(value);
}

/** True for words joined by separators, as identifiers are: `access_token_v2`, `oauth2Client`. */
export function isIdentifierLike(value: string): boolean {
  return value.split(/[_.:/-]/).every((part) => /^[A-Za-z]*\d{0,2}$/.test(part));
}

// --- internal ---

/** `${X}`, `$(x)`, `$X`, `{{ x }}`, `{x}`, `<x>`, `%(x)s`, `%X%`, `#{x}`. */
const INTERPOLATION =
  /\$[{(]|^\$[A-Za-z_]|\{\{|\{[\w.]{0,64}\}|<[^<>]{0,64}>|&lt;|%\(|%[A-Za-z_]{1,64}%|^%[sdv]$|#\{/;
const MASK = /^(.)\1*$|x{4,}|\*{3,}|\.{3,}|…|•|\[redacted|^redacted$/i;
const WORD =
  /^(?:null|none|nil|undefined|true|false|string|number|boolean|required|optional|default|invalid|missing|enabled|disabled|current|confirm|hidden|visible|generated|inherit|include|(?:sha|md|utf|oauth|base|u?int|float|bytes)-?\d{1,3})$/i;
const FILLER =
  /^(?:your|enter|insert|replace)[-_ ]|^my[-_]?(?:password|secret|token|key)\d?$|example|placeholder|change[-_]?me|dummy|sample|not[-_]?set|goes[-_]here/i;
const REFERENCE =
  /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|(?:env|op|vault|arn|ssm|file|keyring|secretref|projects):|(?:process\.env|import\.meta|os\.environ|os\.getenv|secrets|env|vars|config|settings|self|this|req|args|options|ctx)[.[(])/i;
const PATH = /^(?:~|\.{1,2})?\/(?:[\w@.-]+\/|[\w-]+\.\w{1,5}$)|^[A-Za-z]:\\/;
const PASSWORD_IN_DOCS = /^(?:pass|passwd|password|pwd|secret|token|user|username|x-oauth-basic)$/i;
