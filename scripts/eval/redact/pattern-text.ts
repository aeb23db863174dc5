import type { Dice } from './dice.ts';

/**
 * A random text that matches a regular expression made of literals, classes, groups, alternatives and
 * bounded quantifiers, as the rules for tokens are. What only looks around is left out.
 */
export function textOfPattern(source: string, dice: Dice): string {
  const parser = new Parser(source, dice);
  return parser.alternatives();
}

// --- internal ---

const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
const DIGITS = '0123456789';
/** How far a repetition goes beyond the least that it needs. */
const MOST_EXTRA = 24;

class Parser {
  readonly #source: string;
  readonly #dice: Dice;
  #at = 0;

  constructor(source: string, dice: Dice) {
    this.#source = source;
    this.#dice = dice;
  }

  alternatives(): string {
    const texts = [this.#sequence()];
    while (this.#take('|')) texts.push(this.#sequence());
    return this.#dice.oneOf(texts);
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#source.length && !/[|)]/.test(this.#peek())) {
      const start = this.#at;
      let piece = this.#atom();
      const end = this.#at;
      const times = this.#quantity();
      if (times !== undefined) {
        const after = this.#at;
        piece = '';
        for (let i = 0; i < times; i += 1) {
          this.#at = start;
          piece += this.#atom();
        }
        this.#at = Math.max(after, end);
      }
      text += piece;
    }
    return text;
  }

  #atom(): string {
    if (this.#take('(')) {
      const looksAround = /^\?<?[=!]/.test(this.#source.slice(this.#at));
      this.#at += /^\?(?::|<?[=!])/.exec(this.#source.slice(this.#at))?.[0].length ?? 0;
      const text = this.alternatives();
      this.#take(')');
      return looksAround ? '' : text;
    }
    if (this.#peek() === '[') return this.#dice.text(1, this.#class());
    if (this.#peek() === '.') {
      this.#at += 1;
      return this.#dice.text(1, WORD);
    }
    const alphabet = this.#member();
    return alphabet === '' ? '' : this.#dice.text(1, alphabet);
  }

  #class(): string {
    this.#take('[');
    let alphabet = '';
    while (!this.#take(']')) {
      const member = this.#member();
      if (member.length === 1 && this.#peek() === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at += 1;
        const last = this.#member();
        for (let code = member.charCodeAt(0); code <= last.charCodeAt(0); code += 1) {
          alphabet += String.fromCharCode(code);
        }
      } else {
        alphabet += member;
      }
    }
    return alphabet;
  }

  /** The characters that one item stands for; none for a border of words. */
  #member(): string {
    const char = this.#peek();
    this.#at += 1;
    if (char === '^' || char === '$') return '';
    if (char !== '\\') return char;
    const escaped = this.#peek();
    this.#at += 1;
    if (escaped === 'w') return WORD;
    if (escaped === 'd') return DIGITS;
    if (escaped === 'b') return '';
    return escaped;
  }

  #quantity(): number | undefined {
    const match = /^(?:\{(\d+)(,)?(\d*)\}|([?*+]))/.exec(this.#source.slice(this.#at));
    if (match === null) return undefined;
    this.#at += match[0].length;
    const [, least = '', comma, most = '', sign] = match;
    if (sign !== undefined) return this.#dice.between(sign === '+' ? 1 : 0, sign === '?' ? 1 : 8);
    if (comma === undefined) return Number(least);
    const limit = most === '' ? Infinity : Number(most);
    return this.#dice.between(Number(least), Math.min(limit, Number(least) + MOST_EXTRA));
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }
}
