/** The tokens of a code as numbers, in its order. Blanks, comments and the kind of quotes make none. */
export interface CodeTokens {
  /** A number for each token as it stands. */
  readonly raw: Uint32Array;
  /** The same number for all names, and for all literals: what is left is how the code is built. */
  readonly blinded: Uint32Array;
}

/**
 * The tokens of a code in any language; a language that is not known better has comments as C has.
 *
 * @param withComments true makes tokens of comments, too
 */
export function tokensOf(code: string, language: string, withComments = false): CodeTokens {
  const comment = LINE_COMMENTS.get(language) ?? '//';
  return new TokenReader(code, withComments ? '' : comment, withComments).read();
}

/** What a name is in the blinded tokens. */
export const NAME = 1;

// --- internal ---

/** What numbers and texts within quotes are in the blinded tokens. */
const DIGITS = 2;
const TEXT = 3;

/** What starts a comment to the end of the line, where that is not `//`; '' where nothing does. */
const LINE_COMMENTS: ReadonlyMap<string, string> = new Map([
  ...(
    'python ruby shell fish nushell powershell awk perl raku r julia elixir yaml toml dockerfile makefile just cmake meson ' +
    'starlark terraform hcl nix crystal nim gdscript tcl coffeescript dotenv ignore graphql rego'
  )
    .split(' ')
    .map((language) => [language, '#'] as const),
  ...'sql lua haskell elm purescript ada vhdl applescript'
    .split(' ')
    .map((language) => [language, '--'] as const),
  ...'lisp elisp scheme racket clojure ini assembly llvm wasm'
    .split(' ')
    .map((language) => [language, ';'] as const),
  ...'erlang latex prolog'.split(' ').map((language) => [language, '%'] as const),
  ...'markdown mdx rst asciidoc text csv diff json html xml css vue svelte unknown'
    .split(' ')
    .map((language) => [language, ''] as const),
]);

/** Words that build code, in one language or another. They are kept where names are blinded. */
const KEYWORDS: ReadonlySet<number> = new Set(
  (
    'if else elif elsif elseif unless then fi end endif for foreach while until do done loop in of switch case match when ' +
    'default break continue return yield goto try catch except rescue finally ensure throw throws raise with defer go select ' +
    'function func fn fun def sub lambda proc class struct enum interface trait impl extends implements module namespace ' +
    'package import export from use using require include var let const val mut static final public private protected ' +
    'abstract override async await new delete typeof instanceof sizeof is as not and or xor null nil None undefined true ' +
    'false True False this self super void int long float double bool boolean char string str byte unsigned signed auto ' +
    'type typedef union template operator virtual inline extern readonly where begin pass global local declare echo set'
  )
    .split(' ')
    .map((word) => hashOf(word, 0, word.length)),
);

const LINE_FEED = 10;
const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKTICK = 96;

/** The kinds of characters below 128. */
const BLANK = 1;
const LETTER = 2;
const DIGIT = 3;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\s/.test(character)) return BLANK;
  if (/[a-z_$]/i.test(character)) return LETTER;
  return /\d/.test(character) ? DIGIT : 0;
});

class TokenReader {
  readonly #code: string;
  readonly #comment: string;
  readonly #hasBlocks: boolean;
  readonly #raw: number[] = [];
  readonly #blinded: number[] = [];
  #at = 0;

  constructor(code: string, comment: string, withComments: boolean) {
    this.#code = code;
    this.#comment = comment;
    this.#hasBlocks = !withComments && comment !== '#';
  }

  read(): CodeTokens {
    const { length } = this.#code;
    while (this.#at < length) this.#next();
    return { raw: Uint32Array.from(this.#raw), blinded: Uint32Array.from(this.#blinded) };
  }

  #next(): void {
    const start = this.#at;
    const code = this.#code.charCodeAt(start);
    const kind = kindOf(code);
    if (kind === BLANK) this.#at += 1;
    else if (this.#isComment(code)) return;
    else if (kind === LETTER) this.#word(start);
    else if (kind === DIGIT) this.#number(start);
    else if (code === QUOTE || code === APOSTROPHE || code === BACKTICK) this.#quoted(start, code);
    else {
      this.#at += 1;
      this.#add(code, code);
    }
  }

  /** Passes over a comment; false if none begins here. */
  #isComment(code: number): boolean {
    if (this.#comment !== '' && this.#code.startsWith(this.#comment, this.#at)) {
      this.#pass('\n');
      return true;
    }
    if (!this.#hasBlocks || code !== SLASH || this.#code.charCodeAt(this.#at + 1) !== STAR)
      return false;
    this.#at += 2;
    this.#pass('*/');
    return true;
  }

  #pass(end: string): void {
    const at = this.#code.indexOf(end, this.#at);
    this.#at = at === -1 ? this.#code.length : at + end.length;
  }

  #word(start: number): void {
    let at = start + 1;
    for (;;) {
      const kind = kindOf(this.#code.charCodeAt(at));
      if (kind !== LETTER && kind !== DIGIT) break;
      at += 1;
    }
    this.#at = at;
    const hash = hashOf(this.#code, start, at);
    this.#add(hash, KEYWORDS.has(hash) ? hash : NAME);
  }

  #number(start: number): void {
    let at = start + 1;
    for (;;) {
      const code = this.#code.charCodeAt(at);
      const kind = kindOf(code);
      const isFraction = code === 46 && kindOf(this.#code.charCodeAt(at + 1)) === DIGIT;
      if (kind !== LETTER && kind !== DIGIT && !isFraction) break;
      at += 1;
    }
    this.#at = at;
    this.#add(hashOf(this.#code, start, at), DIGITS);
  }

  /** A text within quotes; a quote that is not closed in its line is a sign like any other. */
  #quoted(start: number, quote: number): void {
    let at = start + 1;
    for (;;) {
      const code = this.#code.charCodeAt(at);
      if (code === quote) break;
      if (Number.isNaN(code) || (code === LINE_FEED && quote !== BACKTICK)) {
        this.#at = start + 1;
        this.#add(QUOTE, QUOTE);
        return;
      }
      at += code === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
    this.#add(hashOf(this.#code, start + 1, at), TEXT);
  }

  #add(raw: number, blinded: number): void {
    this.#raw.push(raw);
    this.#blinded.push(blinded);
  }
}

/** Beyond ASCII, all but a few spaces counts as a letter. The end of the text is no character. */
function kindOf(code: number): number {
  if (code < 128) return KINDS[code] ?? 0;
  if (Number.isNaN(code)) return 0;
  return code === 0xa0 || code === 0x2028 || code === 0x2029 || code === 0xfeff ? BLANK : LETTER;
}

/** FNV-1a of a part of a text. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
