import { languageOf } from '../../../lib/pattern/language.ts';
import type { Random } from '../../bench/measure/random.ts';
import { codeFiles, piecesOf } from '../search/pieces.ts';
import type { CodePiece } from '../search/pieces.ts';

/** So many pieces of a file are taken: a few large ones would outweigh the rest. */
const MOST_A_FILE = 8;
/** Code that a program wrote is left out: each part of it is like every other. */
const GENERATED = /generated|_pb|protobuf|\/apis\/|DO NOT EDIT/i;

/** Pieces of real code, each text once, at most `most`: of files in random order, the languages in turn while there are. */
export function mixedPieces(most: number, random: Random): CodePiece[] {
  const files = new Map<string, string[]>();
  for (const path of shuffled(codeFiles(), random)) {
    const language = languageOf(path);
    files.set(language, [...(files.get(language) ?? []), path]);
  }
  const pieces = new Map<string, CodePiece>();
  while (files.size > 0) {
    for (const [language, paths] of files) {
      const path = paths.pop();
      if (path === undefined) files.delete(language);
      for (const piece of path === undefined ? [] : some(path, random)) {
        pieces.set(piece.code, piece);
        if (pieces.size === most) return [...pieces.values()];
      }
    }
  }
  return [...pieces.values()];
}

// --- internal ---

function some(path: string, random: Random): CodePiece[] {
  const pieces = GENERATED.test(path) ? [] : piecesOf(path, random);
  if (pieces.slice(0, 2).some(({ code }) => GENERATED.test(code))) return [];
  return shuffled(pieces, random).slice(0, MOST_A_FILE);
}

function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.between(0, at);
    const [one, two] = [items[at], items[other]];
    if (one !== undefined && two !== undefined) [items[at], items[other]] = [two, one];
  }
  return items;
}
