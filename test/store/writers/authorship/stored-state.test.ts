import { expect, it } from 'vitest';
import { decodeHistory } from '../../../../lib/authorship/state/file-state.ts';
import { lineDigest } from '../../../../lib/store/writers/authorship/noted-lines.ts';
import {
  encodeState,
  notedLinesIn,
} from '../../../../lib/store/writers/authorship/stored-state.ts';

const event = 'e'.repeat(32);
const [author, gone] = [`${event}-0`, `${'a'.repeat(32)}-3`];
const last = { lines: ['a', 'b'], authors: [author, null], at: 5, event, pieces: [] };
const history = { last, past: [] };
const noted = (by: string) => new Map([[lineDigest('const one = 1'), by]]);

it('names an author once, whom the text and the noted lines have', () => {
  const state = encodeState(history, noted(author));
  expect(decodeHistory(state.history)).toEqual(history);
  expect(notedLinesIn(state)).toEqual(noted(author));
  expect(state.notedLines).toHaveLength(5);
  expect(state.history).toHaveLength(encodeState(history, new Map()).history.length);
});

it('keeps an author whom only noted lines have', () => {
  const state = encodeState(history, noted(gone));
  expect(decodeHistory(state.history)).toEqual(history);
  expect(notedLinesIn(state)).toEqual(noted(gone));
});

it('has no noted lines that could be read when the history is damaged', () => {
  const { notedLines } = encodeState(history, noted(author));
  expect(notedLinesIn({ history: Uint8Array.from([1, 2, 3]), notedLines })).toBeUndefined();
});
