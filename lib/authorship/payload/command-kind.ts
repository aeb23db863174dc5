import { basename } from 'node:path';
import type { AuthorshipKind } from '../piece.ts';

/**
 * What a shell command makes of a file that it changed, by the names of the programs in it: text that it
 * restores, moves, copies, formats or fetches was not written by Claude. `authored` is what no program of
 * these kinds explains.
 */
export function commandKind(command: string, path: string): AuthorshipKind {
  const steps = stepsOf(command);
  const name = basename(path);
  const naming = steps.filter((step) => step.kind !== undefined && names(step, path, name));
  const kind = naming.at(-1)?.kind;
  if (kind !== undefined) return kind;
  return (
    steps.find((step) => step.kind !== undefined && step.kind !== 'authored')?.kind ?? 'authored'
  );
}

// --- internal ---

interface Step {
  readonly words: readonly string[];
  /** Undefined for a step that changes no file's text. */
  readonly kind: AuthorshipKind | undefined;
}

/** Splits at `;`, `&&`, `||`, `|`, `&` and newlines outside quotes; leaves out here-documents. */
function stepsOf(command: string): Step[] {
  const text = withoutHereDocuments(command.slice(0, MAX_COMMAND));
  return (text.match(STEP) ?? []).map((step) => {
    const all = (step.match(WORD) ?? []).map(unquoted);
    return { words: all, kind: stepKind(all, step) };
  });
}

function withoutHereDocuments(command: string): string {
  if (!command.includes('<<')) return command;
  const kept: string[] = [];
  let end: string | undefined;
  for (const line of command.split('\n')) {
    if (end === undefined) {
      kept.push(line);
      end = /(?<!<)<<-?\s*["']?(\w+)/.exec(line)?.[1];
    } else if (line.trim() === end) end = undefined;
  }
  return kept.join('\n');
}

/** In characters. What is longer is a here-document, mostly. */
const MAX_COMMAND = 20_000;
const STEP = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|>&|&>|[^;&|\n"'\\]|["'])+/gs;
const WORD = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\]|["'])+/gs;

function unquoted(word: string): string {
  return word.replaceAll(/["'\\]/g, '');
}

function stepKind(all: readonly string[], text: string): AuthorshipKind | undefined {
  if (REDIRECT.test(text)) return 'authored';
  let at = 0;
  while (at < all.length && PREFIX.test(all[at] ?? '')) at += 1;
  const program = basename(all[at] ?? '');
  if (program === '' || HARMLESS.has(program)) return undefined;
  const rest = all.slice(at + 1);
  if (program === 'git') return gitKind(rest);
  if (RUNNERS.has(program)) return runnerKind(rest);
  if (FORMATS_IF.get(program)?.(rest) === true) return 'formatted';
  return PROGRAMS.get(program) ?? 'authored';
}

const REDIRECT = /(?:^|[^<>&\d])\d?>{1,2}(?![>&(])\s*(?!\/dev\/)\S/;
/** What may stand before a program: assignments, programs that run others, words of the shell's language. */
const PREFIX =
  /^(?:\w+=.*|sudo|env|time|nice|command|exec|xargs|then|do|else|if|\{|\(|!|timeout|\d+[smh]?|-\S+)$/;
const RUNNERS = new Set(
  words('npx pnpx bunx npm pnpm yarn bun uvx uv poetry pipenv python python3 dotnet cargo go'),
);

/** Programs that change no file, but by a redirection. */
const HARMLESS = new Set(
  words(
    'cd ls cat echo printf pwd grep rg find head tail wc test [ [[ true false mkdir touch chmod chown sleep export set unset source . which type date whoami diff cmp sort uniq tree stat file du df ps kill jq less more rm rmdir unlink shred trash fi done esac',
  ),
);

function gitKind(rest: readonly string[]): AuthorshipKind | undefined {
  const verb = rest.find(
    (word, index) => !word.startsWith('-') && !GIT_VALUES.has(rest[index - 1] ?? ''),
  );
  return GIT.get(verb ?? '');
}

/** Options of git that take the next word. */
const GIT_VALUES = new Set(['-C', '-c', '--git-dir', '--work-tree']);

const GIT = kinds({
  restored:
    'checkout switch restore stash pull merge reset rebase cherry-pick revert bisect worktree clone submodule sparse-checkout clean lfs filter-branch',
  moved: 'mv',
  unknown: 'apply am',
});

/** Programs that a package manager or an interpreter runs: `npx prettier`, `cargo fmt`, `python -m black`. */
function runnerKind(rest: readonly string[]): AuthorshipKind | undefined {
  const named = rest.filter((word) => !word.startsWith('-')).map((word) => basename(word));
  for (const word of named.slice(0, 3)) {
    if (FORMAT_SCRIPT.test(word) || FORMATS_IF.get(word)?.(rest) === true) return 'formatted';
    const kind = PROGRAMS.get(word.replace(/@[\d.a-z-]+$/, ''));
    if (kind === 'formatted') return kind;
  }
  return INSTALLS.has(named[0] ?? '') ? 'unknown' : 'authored';
}

const FORMAT_SCRIPT = /^(?:fmt|format|prettify|lint:fix|fix|format:\S+|fmt:\S+)$/;
const INSTALLS = new Set(words('install ci add remove update upgrade i sync lock get mod'));

const PROGRAMS = kinds({
  moved: 'mv rename',
  copied: 'cp rsync install ln dd scp',
  formatted:
    'prettier oxfmt dprint biome black yapf autopep8 isort gofmt goimports gofumpt rustfmt clang-format astyle uncrustify shfmt stylua ktlint google-java-format scalafmt ormolu fourmolu nixfmt alejandra terraform-fmt swiftformat swift-format php-cs-fixer phpcbf pint rubyfmt standardrb mix-format zigfmt taplo sqlfluff pg_format djlint docformatter unexpand expand dos2unix unix2dos indent tidy xmllint',
  unknown:
    'patch curl wget tar unzip gunzip bunzip2 unxz 7z cpio pip pip3 gem bundle composer apt apt-get brew mvn gradle make-install hg svn fossil jj',
});

/** Programs that format with some options or verbs only. */
const FORMATS_IF: ReadonlyMap<string, (rest: readonly string[]) => boolean> = new Map([
  ['eslint', hasFix],
  ['oxlint', hasFix],
  ['stylelint', hasFix],
  ['standard', hasFix],
  ['xo', hasFix],
  ['tslint', hasFix],
  ['markdownlint', hasFix],
  ['rubocop', (rest: readonly string[]) => rest.some((word) => /^(?:-[aAx]|--auto)/.test(word))],
  ['ruff', (rest: readonly string[]) => rest.includes('format') || hasFix(rest)],
  ['deno', (rest: readonly string[]) => rest.includes('fmt')],
  ['terraform', (rest: readonly string[]) => rest.includes('fmt')],
  ['zig', (rest: readonly string[]) => rest.includes('fmt')],
  ['mix', (rest: readonly string[]) => rest.includes('format')],
  ['dart', (rest: readonly string[]) => rest.includes('format')],
  [
    'sed',
    (rest: readonly string[]) =>
      rest.some((word) => word === 's/[ \t]*$//' || /^s\/\[\[:space:\]\]\*\$\/\/$/.test(word)),
  ],
]);

function hasFix(rest: readonly string[]): boolean {
  return rest.some((word) => word.startsWith('--fix'));
}

/** True if a step is about a file. What is copied or moved is about its target, which stands last. */
function names({ words: all, kind }: Step, path: string, name: string): boolean {
  if (kind !== 'copied' && kind !== 'moved') {
    return all.some((word) => word.replace(/^\d?>+/, '').endsWith(name));
  }
  const target = (all.findLast((word) => !word.startsWith('-')) ?? '').replace(/\/$/, '');
  const folders = path.split('/').slice(0, -1);
  return basename(target) === name || target === '.' || folders.includes(basename(target));
}

/** From each program's name to the kind. */
function kinds(
  names: Partial<Record<AuthorshipKind, string>>,
): ReadonlyMap<string, AuthorshipKind> {
  return new Map(
    Object.entries(names).flatMap(([kind, list]) =>
      words(list).map((name) => [name, kind as AuthorshipKind] as const),
    ),
  );
}

function words(list: string): string[] {
  return list.split(' ');
}
