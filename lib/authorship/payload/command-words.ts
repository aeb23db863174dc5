import { isTrivial, lineKey } from '../transfer/line-key.ts';

/** What a shell command says, to tell which of the lines that it wrote were written in it. */
export class CommandWords {
  readonly #command: string;
  #words: ReadonlySet<string> | undefined;
  #keys: ReadonlySet<string> | undefined;
  #substitutes: readonly (readonly string[])[] | undefined;
  /** The lines that were replaced last, and their words. */
  #old: { readonly lines: readonly string[]; readonly words: ReadonlySet<string> } | undefined;

  constructor(command: string) {
    this.#command = command.slice(0, MAX_COMMAND);
  }

  /** True if a line stands in the command as it is. */
  spells(line: string): boolean {
    const key = lineKey(line);
    if (isTrivial(key) || key.length < LEAST_SPELLED) return false;
    this.#keys ??= new Set(linesIn(this.#command).map(lineKey));
    return this.#keys.has(key);
  }

  /**
   * True if most words of a line that were not in the lines whose place it took stand in the command. Where it is not
   * known what these were, also if the line holds what the command put in the place of something.
   */
  tells(line: string, known: readonly string[] | undefined): boolean {
    if (known === undefined && this.#isSubstituted(line)) return true;
    const replaced = known ?? NONE;
    if (this.#old?.lines !== replaced) {
      this.#old = { lines: replaced, words: new Set(replaced.flatMap(wordsOf)) };
    }
    const { words: old } = this.#old;
    const fresh = [...new Set(wordsOf(line))].filter((word) => !old.has(word));
    if (fresh.length === 0) return replaced.length > 0 || this.spells(line);
    this.#words ??= new Set(wordsOf(this.#command));
    const found = fresh.filter((word) => this.#words?.has(word));
    if (replaced.length > 0) return found.length >= fresh.length * MOST_OF_CHANGED;
    return found.length >= fresh.length * MOST_OF_NEW && found.join('').length >= LEAST_LETTERS;
  }

  #isSubstituted(line: string): boolean {
    this.#substitutes ??= substitutesIn(this.#command);
    if (this.#substitutes.length === 0) return false;
    const key = lineKey(line);
    return this.#substitutes.some((parts) => holdsInOrder(key, parts));
  }
}

// --- internal ---

const NONE: readonly string[] = [];

/** In characters; what is beyond is not looked at. */
const MAX_COMMAND = 256 * 1024;
/** A shorter line may stand in a command by chance; in characters, without blanks. */
const LEAST_SPELLED = 8;
/** The part of a line's new words that must stand in the command, if it took the place of others, … */
const MOST_OF_CHANGED = 0.6;
/** … and if it did not: it may then be another's, with some of the same words. */
const MOST_OF_NEW = 0.8;
/** How many letters these must have where the line took no other's place. */
const LEAST_LETTERS = 5;

/** A shorter text may have stood in a line before; in characters without blanks, and in words. */
const LEAST_SUBSTITUTE = 10;
const LEAST_WORDS = 2;
const MAX_SUBSTITUTES = 50;
/** `s/old/new/` */
const SUBSTITUTION =
  /(?<![\w\\])s([/|,#~@!%:])((?:\\.|(?!\1)[^\\\n])+)\1((?:\\.|(?!\1)[^\\\n])+)\1/g;
/** `.replace('old', 'new')`, `re.sub("old", "new"` */
const REPLACEMENT =
  /(?:replace|replaceAll|sub|gsub)\(\s*r?(["'])((?:\\.|(?!\1)[^\\\n])+)\1\s*,\s*r?(["'])((?:\\.|(?!\3)[^\\\n])+)\3/g;
/** What in a new text stands for a part of the old one. */
const OF_OLD = /\\[1-9]|\\g<\w+>|&|\$\{?\w+\}?/;

/** The new texts of a command's substitutions, each in parts that stand in their order in the line. */
function substitutesIn(command: string): string[][] {
  const found = [
    ...[...command.matchAll(SUBSTITUTION)].map((match) => match[3]),
    ...[...command.matchAll(REPLACEMENT)].map((match) => match[4]),
  ];
  return found.slice(0, MAX_SUBSTITUTES).flatMap((text = '') => {
    if (wordsOf(text).length < LEAST_WORDS || /\\n/.test(text)) return [];
    const parts = text
      .split(OF_OLD)
      .map((part) => lineKey(part.replaceAll(/\\(.)/g, '$1')))
      .filter((part) => part !== '');
    return parts.join('').length < LEAST_SUBSTITUTE ? [] : [parts];
  });
}

function holdsInOrder(key: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = key.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

/** Runs of letters; digits and signs are in any text. */
function wordsOf(text: string): string[] {
  return (text.match(/\p{L}{2,}/gu) ?? []).map((word) => word.toLowerCase());
}

/** The lines of a command, of what stands in quotes in it, and of a patch in it. */
function linesIn(command: string): string[] {
  return [command, ...quotedIn(command)]
    .flatMap((text) => text.split(/\n|\\n/))
    .flatMap((line) => (line.startsWith('+') ? [line, line.slice(1)] : [line]));
}

/** What stands in quotes, up to one that is not closed. Each sign is looked at once, because a command may be made to harm. */
function quotedIn(command: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < command.length; at += 1) {
    const quote = command[at];
    if (quote === '\\') at += 1;
    else if (quote === '"' || quote === "'") {
      const end = closingOf(command, at);
      if (end === -1) break;
      const text = command.slice(at + 1, end);
      texts.push(quote === '"' ? text.replaceAll(/\\(["$`\\])/g, '$1') : text);
      at = end;
    }
  }
  return texts;
}

function closingOf(command: string, start: number): number {
  const quote = command[start] ?? '';
  if (quote === "'") return command.indexOf(quote, start + 1);
  for (let at = start + 1; at < command.length; at += 1) {
    if (command[at] === '\\') at += 1;
    else if (command[at] === quote) return at;
  }
  return -1;
}
