import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { languageOf } from '../../../lib/pattern/language.ts';
import type { Random } from '../../bench/measure/random.ts';

/** Where real code is looked for, as far as it is there. */
const FOLDERS = ['lib', 'test', 'node_modules', '/usr/include', '/usr/lib', '/usr/share'];
const EXTENSIONS: ReadonlySet<string> = new Set(
  '.ts .mts .js .mjs .cjs .json .md .css .html .py .go .rs .rb .c .h .cc .cpp .java .sh .pl .pm .php .yml'.split(
    ' ',
  ),
);
const MOST_FILE_BYTES = 400_000;
const LEAST_PIECE = 60;
const MOST_PIECE = 6_000;

/** A piece of real code. */
export interface CodePiece {
  readonly code: string;
  /** As lib/pattern/language.ts names it. */
  readonly language: string;
}

/** Real code cut into pieces of 5 to 40 lines, each text once, at most `most`. */
export function* codePieces(most: number, random: Random): Iterable<CodePiece> {
  const seen = new Set<string>();
  for (const path of codeFiles()) {
    for (const piece of piecesOf(path, random)) {
      if (seen.has(piece.code)) continue;
      seen.add(piece.code);
      yield piece;
      if (seen.size === most) return;
    }
  }
}

/** Every file of real code that is looked at. */
export function codeFiles(): string[] {
  return FOLDERS.flatMap((folder) => [...filesBelow(folder)]);
}

/** A file cut into pieces of 5 to 40 lines; those that are very short or long are left out. */
export function piecesOf(path: string, random: Random): CodePiece[] {
  const [lines, pieces]: [string[], CodePiece[]] = [readFileSync(path, 'utf8').split('\n'), []];
  for (let at = 0; at < lines.length;) {
    const end = at + random.between(5, 40);
    const code = lines.slice(at, end).join('\n');
    at = end;
    if (code.length < LEAST_PIECE || code.length > MOST_PIECE) continue;
    pieces.push({ code, language: languageOf(path) });
  }
  return pieces;
}

// --- internal ---

function* filesBelow(folder: string): Iterable<string> {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return; // it is not on this machine
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile() && EXTENSIONS.has(extname(path)) && isReadable(path)) yield path;
  }
}

function isReadable(path: string): boolean {
  const { size } = statSync(path);
  return size > LEAST_PIECE && size < MOST_FILE_BYTES;
}
