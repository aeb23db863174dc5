/** A text that may name a file; a glob may name several. */
export interface NamedPath {
  readonly text: string;
  readonly isGlob: boolean;
}

/**
 * What a shell command may name files by: its words with quotes, backslashes, braces and its own variables
 * replaced as a shell does, and as they stand between quotes; then the same ones in the folders that the command
 * changes to, wherever it does. It rather finds too many than too few, and each once.
 */
export function* pathsInCommand(command: string): Generator<NamedPath> {
  const plain = normalised(command);
  const unquoted = plain.replaceAll(/["'`\\]/g, '');
  const values = variablesIn(unquoted);
  const words = new Set([...plain.split(SEPARATORS), ...unquoted.split(SEPARATORS)]);
  for (const word of unquoted.split(BLANKS)) {
    if (!/[{$]/.test(word)) continue;
    for (const each of expanded(word, values)) {
      words.add(each);
      for (const part of each.split(SEPARATORS)) words.add(part);
    }
  }
  const globs = new Set<string>();
  for (const word of withoutQuotedGlobs(plain).split(BLANKS)) {
    if (!/[*?[]/.test(word)) continue;
    for (const each of expanded(word, values)) globs.add(each.replace(/^-{1,2}[\w-]+=/, ''));
  }
  for (const text of words) yield { text, isGlob: false };
  for (const text of globs) yield { text, isGlob: true };
  for (const folder of foldersIn(unquoted, values)) {
    for (const text of words) if (isRelative(text)) yield inFolder(folder, text, false);
    for (const text of globs) if (isRelative(text)) yield inFolder(folder, text, true);
  }
}

// --- internal ---

/** What ends a word of a shell. */
const BLANKS = /[\s;&|<>()]+/;
/** That, and what stands before a path in a word: `--file=.env`, `@.env`, `host:.ssh/id_rsa`. */
const SEPARATORS = /[\s;&|<>()"'`,=:@[\]{}]+/;

/** Most folders, and most words that one word stands for. */
const MAX_FOLDERS = 16;
const MAX_EXPANDED = 64;

/** With each variable written `$NAME`, and what prints the user's name or the folder written as a variable. */
function normalised(command: string): string {
  return command
    .replaceAll(/\\\r?\n/g, '')
    .replaceAll(/\$\{(\w{1,99})[^{}\n]{0,99}\}/g, (_, name: string) => `$${name}`)
    .replaceAll(/\$\{?env:(\w{1,99})\}?/gi, (_, name: string) => `$${name}`)
    .replaceAll(/(?:\$\(|`)(?:whoami|id -un|logname)(?:\)|`)/g, '$USER')
    .replaceAll(/(?:\$\(|`)pwd(?:\)|`)\/|\$PWD["']?\//g, '');
}

/** What the command itself says that its variables are: by `NAME=value` and `for NAME in …`. */
function variablesIn(unquoted: string): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  const add = (name: string, texts: readonly string[]) => {
    const known = values.get(name) ?? [];
    const more = texts.flatMap((text) => expanded(text, values));
    values.set(name, [...known, ...more].slice(0, MAX_EXPANDED));
  };
  const SAID =
    /(?:^|[\s;&|(])(?:for\s{1,9}(\w{1,99})\s{1,9}in\s([^;\n]{0,4096})|\$?(\w{1,99})(?: = |=)([^\s;&|()<>]{1,4096}))/g;
  for (const [, loop, list = '', name, value = ''] of unquoted.matchAll(SAID)) {
    if (loop !== undefined) add(loop, list.split(BLANKS, MAX_EXPANDED).filter(Boolean));
    else if (name !== undefined) add(name, [value]);
  }
  return values;
}

/** The folders that a command changes to: `cd` alone goes home, and a relative one may begin at the one before. */
function foldersIn(unquoted: string, values: ReadonlyMap<string, readonly string[]>): Set<string> {
  const CHANGE =
    /(?:^|[\s;&|(){}])(?:(?:cd|pushd|chdir|sl|[Ss]et-[Ll]ocation|[Pp]ush-[Ll]ocation)(?=$|[\s;&|()}])(?:[ \t]{1,9}-[-\w]{0,20})*[ \t]{0,9}([^\s;&|()<>}]{0,4096})|(?:-C|--directory|--cwd|--chdir|--prefix|--work-tree|--workdir)[ =]{1,9}([^\s;&|()<>]{1,4096}))/g;
  const folders = new Set<string>();
  let last: string | undefined;
  for (const [, changed, given] of unquoted.matchAll(CHANGE)) {
    for (const folder of expanded(given ?? (changed || '~'), values)) {
      folders.add(folder);
      if (last !== undefined && isRelative(folder)) folders.add(`${last}/${folder}`);
      last = folder;
    }
    if (folders.size >= MAX_FOLDERS) break;
  }
  return folders;
}

function inFolder(folder: string, text: string, isGlob: boolean): NamedPath {
  return { text: `${folder}/${text}`, isGlob: isGlob || /[*?[]/.test(folder) };
}

function isRelative(text: string): boolean {
  return text !== '' && !/^(?:[-/~\\$%]|[A-Za-z]:[\\/])/.test(text);
}

/** Globs between quotes are none, unless the quotes hold a command for another shell. */
function withoutQuotedGlobs(plain: string): string {
  return plain
    .replaceAll(
      /(\s-\w{0,9}c\s{1,9}|\beval\s{1,9})?("[^"]*"|'[^']*')/g,
      (_, shell: unknown, text: string) => {
        const inner = text.slice(1, -1);
        return typeof shell === 'string' ? ` ${inner}` : inner.replaceAll(/[*?[\s;&|<>()]/g, '_');
      },
    )
    .replaceAll(/\\([^])/g, (_, sign: string) => (/[*?[]/.test(sign) ? '_' : sign));
}

/** The words that a word stands for, by braces and variables; itself if it has none. */
function expanded(word: string, values: ReadonlyMap<string, readonly string[]>): string[] {
  if (word.length > MAX_WORD) return [word];
  let words = [word];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = words.flatMap((each) => expandedOnce(each, values) ?? [each]);
    if (next.length === words.length && next.every((each, index) => each === words[index])) break;
    words = next.slice(0, MAX_EXPANDED);
  }
  return words;
}

/** A longer one names no file. */
const MAX_WORD = 4096;
const MAX_ROUNDS = 8;

function expandedOnce(
  word: string,
  values: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const braces = /\{([^{},]*,[^{}]*)\}/.exec(word);
  if (braces) return spliced(word, braces, braces[1]?.split(',', MAX_EXPANDED) ?? []);
  for (const variable of word.matchAll(/\$(\w+)/g)) {
    const choices = values.get(variable[1] ?? '');
    if (choices) return spliced(word, variable, choices);
  }
  return undefined;
}

/** With each of the choices in the place of what matched. */
function spliced(word: string, found: RegExpExecArray, choices: readonly string[]): string[] {
  const after = word.slice(found.index + found[0].length);
  return choices.map((choice) => word.slice(0, found.index) + choice + after);
}
