/** True for what is code, a number or a part of a text whatever name stands before it, and so no secret. */
export function isNoValue(value: string): boolean {
  return IN_ANY_CASE.test(value) || IN_THIS_CASE.test(value);
}

// --- internal ---

/** What a value is, and how it looks. */
type Row = readonly [what: string, form: RegExp];

/** Letters count in either case. */
const ROWS: readonly Row[] = [
  // Code.
  ["a type's path", /^\w+(?:::\w+)+$/],
  ['a pattern of paths', /^\*::/],
  ['a pointer', /^[*&]+[A-Za-z_]+\d{0,2}$/],
  ['a name between two signs', /^(?<sign>[|*])[\w:.-]+\k<sign>$/],
  ['an array of a type', /^\[[A-Za-z]+$|^list\[\w+\]$/],
  ['an argument with a number or a constant', /^[a-z_]+=(?:\d+|none|true|false|null)$/],
  ['a word of the language and what follows it', /^(?:true|false|none|null|undefined)[)\]},;]/],
  ['a member that is true or false', /^[a-z]+:!?[01](?:,|$)/],
  ['arguments in words', /^[a-z]{1,12}=[a-z]{1,12}(?:[;,]|$)/],
  ['an argument with a long name', /^[a-z]+(?:_[a-z]\w*)+=\w+$/],
  ['an attribute', /^[a-z_]+=["']\w/],
  ['members of what has a short name', /^[a-z]{1,2}(?:\.\w+)+[?+:][a-z]{1,2}\.\w/],
  ['an expression in braces', /^\{[\w.]+[.(][\w.()[\], ]*\}$/],
  ['what completes an option', /^-\[/],
  ['only quotes', /^["'\\]*$/],
  // Expressions for texts.
  ['a range of characters', /A-Za-z|a-zA-Z|a-z0-9/],
  ['a range of numbered words', /^(?<word>[a-z]+)\d\+\k<word>\d$/],
  ['an expression with escapes', /^(?:\\[.(|)][^\\]*){3}/],
  // Numbers and addresses.
  ['a time', /^\d{9,13}\.\d{1,6}$/],
  ["a requirement of a package's version", /^[a-z][\w.-]+(?:[<>=!~]=|[<>])\d+\./],
  ['a version of a package', /^@?[a-z][\w./-]*@\^?v?\d+\.\d+\.\d+[\w.-]*$/],
  ["a resource's path", /^projects\/[\w-]+\/secrets\//],
  ['hosts', /^(?:[\w-]+\.)+[a-z]{2,}:\d{2,5}(?:,|$)/],
  ['countries', /^[A-Z]{2}(?:,[A-Z]{2})+$/],
  ["a user's SID", /^S-1-\d+(?:-\d+)+$/],
  // Texts.
  ['keys to press', /^(?:ctrl|alt|shift|cmd|command|meta|option)[-+]/],
  ['markup', /^>?&#|^[<>]/],
  ['a page of a manual', /^man\d\/[\w.+:-]+\.\d/],
  ['a change of font', /^\\f[BIRP]/],
  ['a cookie that counts', /^[a-z]+=\d{1,4}(?:\\[rn]|;)/],
];

/** Capital and small letters are told apart. */
const ROWS_IN_CASE: readonly Row[] = [
  ['a class of characters', /\[\^?\\?\w-\\?\w|\\[dwsbDWS][+*{\]]|\(\?[:=!<]/],
  ['an assignment', /^[A-Z_]{3,32}=/],
  ['a member of an element', /[\w$]\[\w{0,8}\]\.\w+/],
  ['a literal that ends', /^[A-Za-z]+(?:\\+["'`]){1,3}[)\];,]|:`/],
  ['an encoded sign', /^&(?:#\w{2,5}|quot|lt|gt);|^\\[xu[]/],
  [
    'a generic type',
    /^(?:[A-Z]{1,6}|[A-Z]?[a-z]+\d?)(?:[A-Z][a-z]+\d?)*<[A-Za-z][\w.]*(?:[<>,]|\[\]|$)/,
  ],
  ['a constant in a comment', /^[%@&][A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/],
  ['a word in a name space', /^[a-z]{2,4}:[a-z]{2,8}(?:-[a-z]+)?$/],
  ["a name of Vim's, or a call of one", /^[abglstvw]:[A-Za-z]{3,}\w*(?:\([^@!%^]*)?,?$/],
  ['a call in camel case', /^[a-z]{2,}(?:[A-Z][a-z]+)+\(\w{0,8}\)$/],
];

const IN_ANY_CASE = oneOf(ROWS, 'i');
const IN_THIS_CASE = oneOf(ROWS_IN_CASE, '');

/** One expression is tried faster than all. */
function oneOf(rows: readonly Row[], flags: string): RegExp {
  return new RegExp(rows.map(([, form]) => form.source).join('|'), flags);
}
