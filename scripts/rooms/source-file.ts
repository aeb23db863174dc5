import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import type { Expression } from 'oxc-parser';
import { TrackerError } from '../../lib/base/errors.ts';

/** A source file, and what it imports. Paths are below the repository, with `/`. */
export interface SourceFile {
  readonly path: string;
  /** All lines, with comments and empty ones. */
  readonly lines: number;
  /** Files of ours, whether or not they exist. */
  readonly files: readonly string[];
  /** Names of npm packages, without a path inside them; no node: built-ins. */
  readonly packages: readonly string[];
}

/**
 * Reads the source files of lib/, hooks/ and scripts/ below `root` with their imports: static ones, types,
 * re-exports, `import()` of values and types, and every other string that names a file of ours, such as
 * that of a worker.
 *
 * @throws TrackerError E_SOURCE for a file that does not parse, or whose `import()` is given no string literal.
 */
export function readHouse(root: string): SourceFile[] {
  return ['lib', 'hooks', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => SOURCE.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .toSorted()
      .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8'))),
  );
}

/** Parses the text of one file. `path` is below the repository, with `/`. @throws TrackerError E_SOURCE */
export function parseSource(path: string, text: string): SourceFile {
  const specifiers = [...new Set(specifiersOf(path, text))];
  const isOurs = (specifier: string) => specifier.startsWith('.');
  return {
    path,
    lines: text.split('\n').length - 1,
    files: specifiers.filter(isOurs).map((specifier) => posix.join(posix.dirname(path), specifier)),
    packages: specifiers
      .filter((specifier) => !isOurs(specifier) && !specifier.startsWith('node:'))
      .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier),
  };
}

// --- internal ---

/** Files in TypeScript or JavaScript, whatever their ending. */
const SOURCE = /\.[cm]?[jt]sx?$/;
const OWN_FILE = /^\.{1,2}\/.*\.tsx?$/;

function specifiersOf(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  const isEntry = path.startsWith('scripts/'); // one script may start another as a process
  if (errors[0]) {
    throw new TrackerError('E_SOURCE', `${path} does not parse: ${errors[0].message}`);
  }
  const found: string[] = [];
  new Visitor({
    ImportDeclaration: ({ source }) => void found.push(source.value),
    ExportNamedDeclaration: ({ source }) => void (source && found.push(source.value)),
    ExportAllDeclaration: ({ source }) => void found.push(source.value),
    ImportExpression: ({ source }) => void found.push(textOf(source, path)),
    TSImportType: ({ source }) => void found.push(source.value),
    Literal: ({ value }) => {
      if (!isEntry && typeof value === 'string' && OWN_FILE.test(value)) found.push(value);
    },
  }).visit(program);
  return found;
}

function textOf(expression: Expression, path: string): string {
  if (expression.type === 'Literal' && typeof expression.value === 'string') {
    return expression.value;
  }
  throw new TrackerError('E_SOURCE', `${path} has an import() without a string literal`);
}
