import { diffArrays } from 'diff';
import { COMMENT } from './mutations.ts';
import type { CodePiece } from '../search/pieces.ts';

/**
 * Tells whether two pieces of real code are similar, by other measures than the one that is judged: how many of their words
 * and signs both have in the same order, with names and literals or, where more is asked for, without; or how many lines of
 * the shorter one stand in the other, wherever. 0.6 is what Python's difflib calls a close match.
 */
export function isSimilar(one: CodePiece, other: CodePiece): boolean {
  const [words, otherWords] = [wordsOf(one.code), wordsOf(other.code)];
  if (inOrder(words, otherWords) >= LEAST_WORDS) return true;
  if (inOrder(words.map(kindOf), otherWords.map(kindOf)) >= LEAST_KINDS) return true;
  return linesInCommon(one.code, other.code) >= LEAST_LINES;
}

// --- internal ---

const LEAST_WORDS = 0.6;
const LEAST_KINDS = 0.8;
const LEAST_LINES = 0.6;
/** What is longer is judged by its beginning. */
const MOST_WORDS = 1_500;

function wordsOf(text: string): string[] {
  const code = text
    .split('\n')
    .filter((line) => !COMMENT.test(line))
    .join('\n');
  return (code.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? []).slice(0, MOST_WORDS);
}

function linesInCommon(one: string, other: string): number {
  const [shorter = [], longer = []] = [linesOf(one), linesOf(other)].toSorted(
    (left, right) => left.length - right.length,
  );
  if (shorter.length === 0 || longer.length > 3 * shorter.length) return 0;
  const known = new Set(longer);
  return shorter.filter((line) => known.has(line)).length / shorter.length;
}

/** The lines that say something, without blanks. */
function linesOf(code: string): string[] {
  return code.split('\n').flatMap((line) => {
    const text = line.replaceAll(/\s+/g, '');
    return /\w{3}/.test(text) && !COMMENT.test(line) ? [text] : [];
  });
}

function kindOf(word: string): string {
  return /^\d/.test(word) ? '0' : /^[\p{L}_$]{2,}/u.test(word) ? 'a' : word;
}

/** Which part of the tokens of both stands in the other in the same order, from 0 to 1. */
function inOrder(one: readonly string[], other: readonly string[]): number {
  const total = one.length + other.length;
  if (2 * Math.min(one.length, other.length) < total * LEAST_WORDS) return 0;
  const same = diffArrays([...one], [...other]).filter(({ added, removed }) => !added && !removed);
  return (2 * same.reduce((sum, { value }) => sum + value.length, 0)) / total;
}
