import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit, chooseParent } from '../../lib/pattern/replacement.ts';

describe('chooseParent', () => {
  const live = [
    { patternId: 'c', text: 'one\ntwo' },
    { patternId: 'b', text: 'two\nthree' },
    { patternId: 'a', text: 'one\ntwo\nthree' },
  ];

  it('takes the newest whose text holds the replaced one', () => {
    expect(chooseParent({ kind: 'text', text: 'two' }, live)?.patternId).toBe('c');
    expect(chooseParent({ kind: 'text', text: 'three' }, live)?.patternId).toBe('b');
    expect(chooseParent({ kind: 'text', text: 'one\ntwo\nth' }, live)?.patternId).toBe('a');
  });

  it('takes the newest of all for a file that was written over', () => {
    expect(chooseParent({ kind: 'file' }, live)?.patternId).toBe('c');
    expect(chooseParent({ kind: 'file' }, [])).toBeUndefined();
  });

  it('finds none for text that is in none, for empty text and for what was added', () => {
    expect(chooseParent({ kind: 'text', text: 'four' }, live)).toBeUndefined();
    expect(chooseParent({ kind: 'text', text: '' }, live)).toBeUndefined();
    expect(chooseParent({ kind: 'nothing' }, live)).toBeUndefined();
  });
});

describe('applyEdit', () => {
  it('replaces the first place, or all of them', () => {
    expect(applyEdit('a b a', 'a', 'c', false)).toBe('c b a');
    expect(applyEdit('a b a', 'a', 'c', true)).toBe('c b c');
    // More than a string can hold would throw, and the event would be lost with it.
    expect(applyEdit('a'.repeat(1_000_000), 'a', 'b'.repeat(600), true)).toBeUndefined();
  });

  it('is undefined when the old text is not there', () => {
    expect(applyEdit('a', 'b', 'c', true)).toBeUndefined();
    expect(applyEdit('a', '', 'c', true)).toBeUndefined();
  });

  it('takes the new text literally', () => {
    expect(applyEdit('price', 'price', '$& $1 $$', false)).toBe('$& $1 $$');
    expect(applyEdit('price', 'price', '$& $1 $$', true)).toBe('$& $1 $$');
  });

  it('puts the new text between what stood around the old one', () => {
    const text = fc.string();
    fc.assert(
      fc.property(text, fc.string({ minLength: 1 }), text, text, (before, old, after, next) => {
        fc.pre(!(before + old).slice(0, -1).includes(old));
        expect(applyEdit(before + old + after, old, next, false)).toBe(before + next + after);
      }),
    );
  });
});
