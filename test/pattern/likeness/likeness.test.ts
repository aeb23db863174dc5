import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarRequestSchema } from '../../../lib/lineage-api/service-request.ts';
import { fingerprint } from '../../../lib/pattern/likeness/fingerprint.ts';
import { inOrder } from '../../../lib/pattern/likeness/order.ts';
import { codeLikeness, shapeOf } from '../../../lib/pattern/likeness/shape.ts';
import { tokensOf } from '../../../lib/pattern/likeness/tokens.ts';
import { LEAST_SCORE } from '../../../lib/store/queries/search/similar.ts';

const RETRY = `export async function retry<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      last = error;
      await sleep(100 * 2 ** attempt);
    }
  }
  throw last;
}
`;
const alike = (one: string, other: string, language = 'typescript') =>
  codeLikeness(shapeOf(one, language), shapeOf(other, language));

describe('likeness', () => {
  it('is 1 for code that differs in blanks, comments and the kind of quotes', () => {
    const other = `/* tries again */\n${RETRY.replaceAll('  ', '\t').replace('try {', '{ // once\n').replace('{ // once', 'try {')}`;
    expect(alike(RETRY, other)).toBe(1);
    expect(alike(`call("a", 'b');`, `call( 'a',\n  "b" );`)).toBe(1);
    expect(alike('x = 1 # one\ny = 2 + x\n', 'x = 1\ny = 2 + x # two\n', 'python')).toBe(1);
  });

  it('is 0.95 for code in which only names and literals were changed, each everywhere', () => {
    const other = RETRY.replaceAll('attempt', 'round')
      .replaceAll('last', 'fault')
      .replace('100', '250');
    expect(alike(RETRY, other)).toBeGreaterThan(0.95);
    expect(alike(RETRY, other)).toBeLessThan(1);
  });

  it('is most of it where names were changed, and statements too', () => {
    const other = RETRY.replaceAll('attempt', 'round')
      .replaceAll('last', 'fault')
      .replace('fault = error;', 'log.warn("again", error);\n      fault = error;');
    expect(alike(RETRY, other)).toBeGreaterThan(0.8);
  });

  it('is less where one name stands for several', () => {
    const names = /\b(?:last|error|work|attempts?|sleep)\b/g;
    const each = alike(
      RETRY,
      RETRY.replaceAll(names, (name) => `its${name}`),
    );
    expect(alike(RETRY, RETRY.replaceAll(names, 'it'))).toBeLessThan(each - 0.05);
  });

  it('is most of it where a statement was added', () => {
    const other = RETRY.replace('last = error;', 'last = error;\n      log.warn("again", error);');
    expect(alike(RETRY, other)).toBeGreaterThan(0.7);
    expect(alike(RETRY, other)).toBeLessThan(1);
  });

  it('counts how often something is repeated', () => {
    const calls = (count: number) => 'queue.push(next(), null);\n'.repeat(count);
    expect(alike(calls(2), calls(20))).toBeLessThan(0.3);
  });

  it('takes tables only as they stand, in whatever language', () => {
    const table = (word: string) =>
      Array.from({ length: 40 }, (_, n) => `  ['${word}${n}', ${n * 7}],`).join('\n');
    expect(shapeOf(table('a'), 'typescript').blinded).toHaveLength(0);
    const css = (color: string) => `a { color: ${color}; margin: 0 }\nb { top: 1px; left: 2px }`;
    expect(shapeOf(css('red'), 'css').blinded).toHaveLength(0);
    expect(alike(css('red'), css('blue'), 'css')).toBeGreaterThan(0.5);
  });

  it('without names, compares only what is in the same language or nearly so', () => {
    const renamed = RETRY.replaceAll(
      /\b(?:retry|work|attempts?|last|error|sleep)\b/g,
      (name) => `x${name}`,
    );
    const of = (language: string) =>
      codeLikeness(shapeOf(RETRY, 'typescript'), shapeOf(renamed, language));
    expect(of('javascript')).toBeGreaterThan(0.9);
    expect(of('java')).toBeLessThan(0.7);
  });

  it('is shown from the same score on by the service as by the commands', () => {
    expect(similarRequestSchema.parse({ code: RETRY }).min_score).toBe(LEAST_SCORE);
  });

  it('judges code that consists of comments by them, and none of less than four tokens', () => {
    expect(alike('// one two three four five', '// one two three four five')).toBe(1);
    expect(shapeOf('}\n', 'typescript').raw).toHaveLength(0);
  });
});

describe('the order of tokens', () => {
  const tokens = (text: string) => Uint32Array.from(text, (letter) => letter.charCodeAt(0));

  it('is the longest sequence that is in both', () => {
    expect(inOrder(tokens('abcbdab'), tokens('bdcaba'))).toBeCloseTo((2 * 4) / 13);
    expect(inOrder(tokens('abc'), tokens('xyz'))).toBe(0);
    expect(inOrder(tokens(''), tokens(''))).toBe(0);
    expect(inOrder(tokens('abc'), tokens('abc'))).toBe(1);
  });

  it('is the same as when it is counted one by one, whatever the length', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 150 });
    fc.assert(
      fc.property(letters, letters, (one, other) => {
        expect(inOrder(tokens(one), tokens(other)) * (one.length + other.length)).toBeCloseTo(
          2 * longestOneByOne(one, other),
        );
      }),
    );
  });

  it('is counted of the first 2,000', () => {
    expect(inOrder(tokens('a'.repeat(5_000)), tokens('a'.repeat(4_000)))).toBe(1);
  });
});

describe('tokens', () => {
  it('end where quotes and comments are not closed', () => {
    expect(tokensOf(`it's "open\n/* for ever`, 'typescript').raw).toHaveLength(5);
    expect(tokensOf('`a\nb`', 'typescript').raw).toHaveLength(1);
  });

  it('know numbers, and letters beyond ASCII', () => {
    expect(tokensOf('žluť = 1.5e3 + 0xff', 'typescript').raw).toHaveLength(5);
  });
});

describe('a fingerprint', () => {
  it('shares most words with that of similar code, and none with that of other code', () => {
    const words = new Set(fingerprint(shapeOf(RETRY, 'typescript')));
    expect(words.size).toBe(40);
    const common = (code: string) =>
      fingerprint(shapeOf(code, 'typescript')).filter((word) => words.has(word)).length;
    expect(common(RETRY.replace('100', '200'))).toBeGreaterThan(20);
    expect(common('const total = items.map((item) => item.price).reduce(add, 0);')).toBe(0);
  });

  it('is the same in every release, because it is stored', () => {
    const words = fingerprint(shapeOf(RETRY, 'typescript'));
    expect([words[0], words[19], words[20], words[39]]).toMatchInlineSnapshot(`
      [
        "p9d6pw",
        "fjnqow",
        "f6nc19",
        "u3eb5g",
      ]
    `);
  });
});

/** The length of the longest sequence that is in both, by the table that everybody knows. */
function longestOneByOne(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, () => 0);
  for (const letter of one) {
    const next = [0];
    for (let at = 0; at < other.length; at += 1) {
      const longest = Math.max(next[at] ?? 0, row[at + 1] ?? 0);
      next.push(letter === other[at] ? (row[at] ?? 0) + 1 : longest);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
