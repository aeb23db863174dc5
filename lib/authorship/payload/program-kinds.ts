import { basename } from 'node:path';
import type { AuthorshipKind } from '../piece.ts';

/** Programs that write no text of files, but by a redirection, and words of the shell's language. */
export const HARMLESS: ReadonlySet<string> = setOf(
  'cd pushd popd ls cat echo printf pwd grep egrep fgrep rg ag ack find fd head tail wc test [ [[ true false : mkdir touch chmod chown sleep export',
  'set unset source . which type date whoami diff cmp sort uniq tree stat file du df ps kill jq yq less more rm rmdir unlink shred trash truncate',
  'local declare read shift exit return break continue trap wait cut tr tac rev nl fold paste join comm shuf column seq yes',
  'xxd od hexdump base64 md5sum sha1sum sha256sum basename dirname realpath readlink env id uname tty clear history alias awk gawk mawk sed gsed',
);

/** Programs that print what they are told. */
export const ECHOES: ReadonlySet<string> = setOf('echo printf');

/** Programs that print lines of what they read, whole, in part or in another order. */
export const SELECTORS: ReadonlySet<string> = setOf(
  'cat head tail sort uniq grep egrep fgrep rg tac rev nl fold cut tr paste join comm shuf column zcat bzcat xzcat base64 pv less more',
);

/** Programs that may be given a program of a line or two, and the options that say so; without options, always. */
const INLINE: ReadonlyMap<string, RegExp | undefined> = new Map([
  ...['awk', 'gawk', 'mawk', 'nawk', 'sed', 'gsed', 'jq', 'yq', 'ed', 'ex'].map(
    (name) => [name, undefined] as const,
  ),
  ...[
    'python',
    'python2',
    'python3',
    'pypy3',
    'bash',
    'sh',
    'zsh',
    'dash',
    'ksh',
    'fish',
    'su',
  ].map((name) => [name, /^-\w*c$/] as const),
  ...[
    'node',
    'nodejs',
    'deno',
    'bun',
    'tsx',
    'perl',
    'ruby',
    'lua',
    'php',
    'Rscript',
    'osascript',
    'julia',
    'elixir',
  ].map((name) => [name, /^(?:-\w*[epr]|--eval|--print|eval)$/i] as const),
  ...['vim', 'vi', 'nvim', 'emacs'].map((name) => [name, /^(?:-c|\+\S|--eval$)/] as const),
]);

/** True for a program that was given its own program in the command, in an option or from a here-document. */
export function isInlineProgram(program: string, rest: readonly string[], text: string): boolean {
  if (!INLINE.has(program)) return false;
  const option = INLINE.get(program);
  return option === undefined || text.includes('<<') || rest.some((word) => option.test(word));
}

/** What a program does to the files that it writes; undefined if it writes none. */
export function programKind(program: string, rest: readonly string[]): AuthorshipKind | undefined {
  if (program === 'git') return gitKind(rest);
  if (program === 'sort' && rest.some((word) => /^(?:-\w*o|--output)/.test(word))) return 'moved';
  if (FORMATS_IF.get(program)?.(rest) === true) return 'formatted';
  if (RUNNERS.has(program)) return runnerKind(rest);
  const known = PROGRAMS.get(program);
  if (known !== undefined) return known;
  // What is not even a name explains nothing.
  return HARMLESS.has(program) || !/[A-Za-z0-9]/.test(program) ? undefined : 'unknown';
}

/** The verb of a git command, such as `checkout`. */
export function gitVerb(rest: readonly string[]): string {
  const isVerb = (word: string, index: number): boolean =>
    !word.startsWith('-') && !GIT_VALUES.has(rest[index - 1] ?? '');
  return rest.find(isVerb) ?? '';
}

// --- internal ---

function gitKind(rest: readonly string[]): AuthorshipKind | undefined {
  return GIT.get(gitVerb(rest));
}

/** Options of git that take the next word. */
const GIT_VALUES = new Set(['-C', '-c', '--git-dir', '--work-tree']);

const GIT = kinds({
  restored:
    'checkout switch restore stash pull merge reset rebase cherry-pick revert bisect worktree clone submodule sparse-checkout clean lfs filter-branch filter-repo read-tree checkout-index merge-file rerere subtree',
  moved: 'mv',
  unknown: 'apply am',
});

const RUNNERS = setOf(
  'npx pnpx bunx npm pnpm yarn bun uvx uv poetry pipenv pipx python python3 dotnet cargo go hatch pdm rye',
);

/** Programs that a package manager or an interpreter runs: `npx prettier`, `cargo fmt`, `python -m black`. */
function runnerKind(rest: readonly string[]): AuthorshipKind {
  const named = rest.filter((word) => !word.startsWith('-')).map((word) => basename(word));
  for (const word of named.slice(0, 3)) {
    if (FORMAT_SCRIPT.test(word) || FORMATS_IF.get(word)?.(rest) === true) return 'formatted';
    const kind = PROGRAMS.get(word.replace(/@[\d.a-z-]+$/, ''));
    if (kind === 'formatted') return kind;
  }
  return 'unknown';
}

const FORMAT_SCRIPT = /^(?:fmt|format|prettify|lint:fix|fix|format:\S+|fmt:\S+)$/;

const PROGRAMS = kinds({
  moved: 'mv rename',
  copied: 'cp rsync install ln dd scp split csplit',
  formatted:
    'prettier oxfmt dprint biome black yapf autopep8 isort gofmt goimports gofumpt rustfmt clang-format astyle uncrustify shfmt stylua ktlint google-java-format scalafmt ormolu fourmolu nixfmt alejandra terraform-fmt swiftformat swift-format php-cs-fixer phpcbf pint rubyfmt standardrb mix-format zigfmt taplo sqlfluff pg_format djlint docformatter unexpand expand dos2unix unix2dos indent tidy xmllint',
});

/** Programs that format with some options or verbs only. */
const FORMATS_IF: ReadonlyMap<string, (rest: readonly string[]) => boolean> = new Map([
  ...['eslint', 'oxlint', 'stylelint', 'standard', 'xo', 'tslint', 'markdownlint'].map(
    (name) => [name, hasFix] as const,
  ),
  ['rubocop', (rest: readonly string[]) => rest.some((word) => /^(?:-[aAx]|--auto)/.test(word))],
  ['ruff', (rest: readonly string[]) => rest.includes('format') || hasFix(rest)],
  ...['deno', 'terraform', 'tofu', 'zig'].map((name) => [name, has('fmt')] as const),
  ...['mix', 'dart', 'dotnet'].map((name) => [name, has('format')] as const),
  ['sed', onlyTrims],
  ['gsed', onlyTrims],
  ['perl', onlyTrims],
]);

/** True for an editor that only takes blanks and carriage returns from the ends of lines. */
function onlyTrims(rest: readonly string[]): boolean {
  const scripts = rest.filter((word) => /^s([/|,#])/.test(word));
  return scripts.length > 0 && scripts.every((word) => TRIMS.test(word));
}

const TRIMS =
  /^s([/|,#])(?:\[(?:\\t|\\r|\\s|\[:(?:space|blank):\]|[ \t])+\]|\\s|\\r| )(?:[*+]|\\\+)?\$\1\1g?$/;

function has(verb: string): (rest: readonly string[]) => boolean {
  return (rest) => rest.includes(verb);
}

function hasFix(rest: readonly string[]): boolean {
  return rest.some((word) => word.startsWith('--fix'));
}

/** From each program's name to the kind. */
function kinds(
  names: Partial<Record<AuthorshipKind, string>>,
): ReadonlyMap<string, AuthorshipKind> {
  return new Map(
    Object.entries(names).flatMap(([kind, list]) =>
      list.split(' ').map((name) => [name, kind as AuthorshipKind] as const),
    ),
  );
}

function setOf(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}
