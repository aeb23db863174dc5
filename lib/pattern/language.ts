import { LANGUAGES } from './language-table.ts';
import type { LanguageEntry } from './language-table.ts';

export { LANGUAGES };

/** The language of a file that {@link LANGUAGES} does not cover. */
export const UNKNOWN_LANGUAGE = 'unknown';

/**
 * The language of a file, by its whole name, else its extension, else the `#!` line that `code` begins
 * with; `unknown` if none of them tells.
 */
export function languageOf(filePath: string, code?: string): string {
  const name = filePath.slice(Math.max(filePath.lastIndexOf('/'), filePath.lastIndexOf('\\')) + 1);
  return (
    BY_NAME.get(name) ??
    BY_EXTENSION.get(extensionOf(name)) ??
    NAMED_WITH_SUFFIX.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    (code === undefined ? undefined : BY_INTERPRETER.get(interpreterOf(code))) ??
    UNKNOWN_LANGUAGE
  );
}

/** The language that a notebook's kernel names in its own way: `Python` and `ipython` are `python`. */
export function languageNamed(name: string): string {
  const lower = name.trim().toLowerCase();
  if (Object.hasOwn(LANGUAGES, lower)) return lower;
  return (
    OTHER_NAMES.get(lower) ??
    BY_INTERPRETER.get(lower) ??
    BY_EXTENSION.get(lower) ??
    UNKNOWN_LANGUAGE
  );
}

// --- internal ---

const BY_NAME = indexBy('names');
const BY_EXTENSION = indexBy('extensions');
const BY_INTERPRETER = indexBy('interpreters');

/** File names that may carry a suffix, such as `Dockerfile.dev` and `.env.local`. */
const NAMED_WITH_SUFFIX: readonly (readonly [string, string])[] = [
  ['Dockerfile.', 'dockerfile'],
  ['Containerfile.', 'dockerfile'],
  ['Makefile.', 'makefile'],
  ['Jenkinsfile.', 'groovy'],
  ['.env.', 'dotenv'],
];

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['ipython', 'python'],
  ['c#', 'csharp'],
  ['f#', 'fsharp'],
  ['ir', 'r'],
]);

function indexBy(field: keyof LanguageEntry): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [language, entry] of Object.entries(LANGUAGES)) {
    for (const word of entry[field]?.split(' ') ?? []) index.set(word, language);
  }
  return index;
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1).toLowerCase();
}

/**
 * The program of a `#!` line, in lower case, without its version: `python` for `#!/usr/bin/env -S
 * python3.11 -u`.
 */
function interpreterOf(code: string): string {
  if (!code.startsWith('#!')) return '';
  const end = code.indexOf('\n');
  const words = code
    .slice(2, end === -1 ? 200 : Math.min(end, 200))
    .trim()
    .split(/\s+/);
  const program = baseName(words[0]);
  const named =
    program === 'env'
      ? baseName(words.slice(1).find((word) => !word.startsWith('-') && !word.includes('=')))
      : program;
  return named.toLowerCase().replace(/[\d.]+$/, '');
}

function baseName(path = ''): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
