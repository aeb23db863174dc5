/** The variables that a command line may contain. */
export interface ShellVariables {
  /** What `~` and `$HOME` stand for. */
  readonly HOME?: string | undefined;
}

/** True for a word that means the same to every shell and to execve, so that it needs no quotes. */
export function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9_./@%+=:,-]+$/.test(word);
}

/** `word` as one word of a command line for sh (on Windows also for cmd.exe), quoted only if needed. */
export function quoteWord(word: string, platform: NodeJS.Platform = 'linux'): string {
  if (platform === 'win32') {
    const forward = word.replaceAll('\\', '/');
    return isPlainWord(forward) ? forward : `"${forward}"`;
  }
  return isPlainWord(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The words of one simple sh command, with quotes removed and `~/` and `$HOME` replaced.
 *
 * Undefined for any other command: with operators, redirections, substitutions, other variables or an
 * open quote.
 */
export function splitWords(
  command: string,
  variables: ShellVariables = {},
): readonly string[] | undefined {
  const words: string[] = [];
  let rest = command.trim();
  while (rest !== '') {
    let word = '';
    if (variables.HOME !== undefined && /^~(?=\/)/.test(rest)) {
      word = variables.HOME;
      rest = rest.slice(1);
    }
    while (rest !== '' && !/^[ \t]/.test(rest)) {
      const piece = readPiece(rest, variables);
      if (piece === undefined) return undefined;
      word += piece.text;
      rest = rest.slice(piece.length);
    }
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}

/**
 * A Node.js program as a command line of sh for Claude Code to run: without the variables by which a project's
 * settings could load code into it, or make it fail or print something.
 */
export function nodeCommandLine(
  { node, program }: { readonly node: string; readonly program: string },
  platform: NodeJS.Platform,
): string {
  return [...EMPTIED, quoteWord(node, platform), quoteWord(program, platform)].join(' ');
}

/** The words of a command behind the variables that it sets. */
export function withoutAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return start === -1 ? [] : words.slice(start);
}

// --- internal ---

/** Empty, they mean to Node.js and to the system's loader the same as unset. */
const EMPTIED = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
  'NODE_V8_COVERAGE',
  'NODE_CHANNEL_FD',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_ICU_DATA',
  'OPENSSL_CONF',
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
].map((name) => `${name}=`);

interface Piece {
  readonly text: string;
  /** The number of characters it takes up in the command. */
  readonly length: number;
}

function readPiece(rest: string, variables: ShellVariables): Piece | undefined {
  const single = /^'([^']*)'/.exec(rest);
  if (single) return { text: single[1] ?? '', length: single[0].length };
  const double = /^"((?:[^"\\`]|\\[^])*)"/.exec(rest);
  if (double) {
    const text = expandDouble(double[1] ?? '', variables);
    return text === undefined ? undefined : { text, length: double[0].length };
  }
  const escaped = /^\\([^\n])/.exec(rest);
  if (escaped) return { text: escaped[1] ?? '', length: 2 };
  const home = HOME_VARIABLE.exec(rest);
  if (home) {
    return variables.HOME === undefined
      ? undefined
      : { text: variables.HOME, length: home[0].length };
  }
  const plain = /^[^\s'"\\`$;&|<>()*?[\]#{}]+/.exec(rest);
  return plain ? { text: plain[0], length: plain[0].length } : undefined;
}

function expandDouble(quoted: string, variables: ShellVariables): string | undefined {
  let text = '';
  for (let rest = quoted; rest !== '';) {
    const piece =
      /^\\([$`"\\])/.exec(rest) ?? /^(\\[^])/.exec(rest) ?? /^([^$\\]+)/.exec(rest) ?? undefined;
    const home = HOME_VARIABLE.exec(rest);
    if (piece) text += piece[1] ?? '';
    else if (home && variables.HOME !== undefined) text += variables.HOME;
    else return undefined;
    rest = rest.slice((piece ?? home)?.[0].length ?? 0);
  }
  return text;
}

const HOME_VARIABLE = /^\$(?:HOME(?![A-Za-z0-9_])|\{HOME\})/;
