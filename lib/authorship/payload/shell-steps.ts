import { basename } from 'node:path';

/** One program that a shell command runs. */
export interface ShellStep {
  /** As it stands in the command. */
  readonly text: string;
  /** Its name without folders; empty where the step runs none. */
  readonly program: string;
  /** Its words after the name, without quotes. */
  readonly rest: readonly string[];
  /** All its words, without quotes. */
  readonly words: readonly string[];
  /** The step whose output it reads. */
  readonly input: ShellStep | undefined;
  /** The files that its output goes to. */
  readonly targets: readonly string[];
}

/** A shell command, as far as its form tells. */
export interface ShellCommand {
  readonly steps: readonly ShellStep[];
  /** True if a here-document holds what the shell puts in: variables, and what other programs print. */
  readonly fillsDocuments: boolean;
}

/** Splits a command at `;`, `&&`, `||`, `|`, `&` and newlines outside quotes, and leaves out here-documents. */
export function parseShell(command: string): ShellCommand {
  const { text, fills } = withoutHereDocuments(command.slice(0, MAX_COMMAND));
  const steps: ShellStep[] = [];
  let end = 0;
  for (const match of text.matchAll(STEP)) {
    const isPiped = /^\|&?$/.test(text.slice(end, match.index).trim());
    end = match.index + match[0].length;
    if (match[0].trim() === '') continue;
    steps.push(stepOf(match[0], isPiped ? steps.at(-1) : undefined));
  }
  return { steps, fillsDocuments: fills };
}

/** The first program of a step's pipeline. */
export function headOf(step: ShellStep): ShellStep {
  let head = step;
  while (head.input !== undefined) head = head.input;
  return head;
}

/** The words of a step that are no options and no redirections: mostly files. */
export function operandsOf({ rest }: ShellStep): string[] {
  return rest.filter(
    (word, index) =>
      word !== '-' &&
      !/^(?:-|\d?[<>]|&>)/.test(word) &&
      !/^(?:\d?>{1,2}|<{1,3}|&>)$/.test(rest[index - 1] ?? ''),
  );
}

/** True if a step's words hold what the shell puts in: variables, and what other programs print. */
export function isFilled({ text }: ShellStep): boolean {
  return /[$`]/.test(text.replaceAll(/'[^']*'/g, ''));
}

// --- internal ---

/** In characters. What is longer is a here-document, mostly. */
const MAX_COMMAND = 20_000;
const STEP = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|>&|&>|>\||[^;&|\n"'\\]|["'])+/gs;
const WORD = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\]|["'])+/gs;
/** Where the output goes, but for `/dev/null` and other descriptors. */
const REDIRECT =
  /(?:^|[^<>&\d=-])(?:\d?|&)>{1,2}(?![>&(])\|?\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\<>;&|()])+)/gs;
/** What may stand before a program: assignments, programs that run others, words of the shell's language. */
const PREFIX =
  /^(?:\w+\+?=.*|sudo|doas|env|time|nice|ionice|command|exec|builtin|nohup|stdbuf|xargs|parallel|then|do|else|if|elif|while|until|\{|\(+|!|timeout|\d+[smh]?|-\S+)$/s;

function stepOf(text: string, input: ShellStep | undefined): ShellStep {
  const words = (text.match(WORD) ?? []).map(unquoted);
  let at = 0;
  while (at < words.length && PREFIX.test(words[at] ?? '')) at += 1;
  if (FINDERS.has(basename(words[at] ?? ''))) {
    const runs = words.findIndex((word, index) => index > at && RUNS.test(word));
    if (runs !== -1) at = runs + 1;
  }
  const first = (words[at] ?? '').replace(/^\(+/, '');
  return {
    text,
    words,
    program: NO_PROGRAM.test(first) ? '' : basename(first),
    rest: words.slice(at + 1),
    input,
    targets: targetsIn(text),
  };
}

/** Programs that run another one for each file that they find. */
const FINDERS = new Set(['find', 'fd', 'fdfind']);
const RUNS = /^(?:-exec|-execdir|-ok|-x|-X|--exec|--exec-batch)$/;
/** A redirection, or words of the shell's language. */
const NO_PROGRAM = /^(?:\d?[<>]|&>|(?:for|case|select|function|done|fi|esac|in|\}|\)+)$)/;

function targetsIn(text: string): string[] {
  const masked = text.replaceAll(QUOTED, (part) => part.replaceAll(/[<>]/g, '_'));
  return [...masked.matchAll(REDIRECT)]
    .map(({ index, 0: { length }, 1: target = '' }) => {
      const end = index + length;
      return unquoted(text.slice(end - target.length, end));
    })
    .filter((target) => !target.startsWith('/dev/'));
}

const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/gs;

function withoutHereDocuments(command: string): { text: string; fills: boolean } {
  if (!command.includes('<<')) return { text: command, fills: false };
  const kept: string[] = [];
  let fills = false;
  let end: string | undefined;
  let isLiteral = false;
  for (const line of command.split('\n')) {
    if (end === undefined) {
      kept.push(line);
      const start = /(?<!<)<<-?\s*(["'\\]?)(\w+)/.exec(line);
      end = start?.[2];
      isLiteral = start?.[1] !== '';
    } else if (line.trim() === end) end = undefined;
    else if (!isLiteral && /[$`]/.test(line)) fills = true;
  }
  return { text: kept.join('\n'), fills };
}

/** As the shell takes it: in single quotes all signs stand for themselves, but after a `$`. */
function unquoted(word: string): string {
  return word.replaceAll(
    /\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|["']/gs,
    (_, escaped?: string, single?: string, double?: string, sign?: string) =>
      escaped?.replaceAll(ESCAPE, unescaped) ??
      single ??
      double?.replaceAll(/\\(["$`\\])/g, '$1') ??
      sign ??
      '',
  );
}

const ESCAPE = /\\(?:x([\dA-Fa-f]{1,2})|u([\dA-Fa-f]{1,4})|([0-7]{1,3})|(.))/gs;
const SIGNS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\u001B',
  a: '\u0007',
};

function unescaped(_: string, hex?: string, unicode?: string, octal?: string, sign = ''): string {
  const code = hex ?? unicode;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  return SIGNS[sign] ?? sign;
}
