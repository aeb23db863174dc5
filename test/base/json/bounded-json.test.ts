import { describe, expect, it } from 'vitest';
import {
  checkJsonBounds,
  JsonBoundsError,
  parseBoundedJson,
} from '../../../lib/base/json/bounded-json.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON from outside', () => {
  it.each([
    '{}',
    '[1, "a", null, {"b": [true]}]',
    String.raw`"[[[ \" {{{ \\"`,
    String.raw`{"a\\\"[": "]\\", "b": ["\\\\", "x"]}`,
    '"//", ',
    nested(100),
  ])('%s is parsed as JSON.parse does', (text) => {
    const parse = (how: (text: string) => unknown) => {
      try {
        return how(text);
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(parse(parseBoundedJson)).toEqual(parse(JSON.parse));
  });

  it('is refused where it is nested too deep, closed or not, with the place', () => {
    for (const text of [nested(101), '['.repeat(6_000_000), '{"a":'.repeat(101)]) {
      expect(() => parseBoundedJson(text)).toThrow('it is nested deeper than 100 levels');
    }
    const check = () => checkJsonBounds('[[[]]]', { maxDepth: 2 });
    expect(check).toThrow(JsonBoundsError);
    expect(check).toThrow(expect.objectContaining({ code: 'E_JSON_BOUNDS', offset: 2 }));
  });

  it('is refused where a number has too many digits, but not a text', () => {
    for (const text of ['123456', '[0.123456]', '{"a":-1e123456}']) {
      const check = () => checkJsonBounds(text, { maxDigits: 5 });
      expect(check).toThrow('it has a number of more than 5 digits');
    }
    checkJsonBounds(String.raw`["1234567\\",12345,-12345.12345e12345]`, { maxDigits: 5 });
  });

  it('is refused where it has too many values', () => {
    for (const text of ['[1,1,1,1]', '{"a":1,"b":1,"c":1,"d":1}', '[[],[],[]]']) {
      expect(() => parseBoundedJson(text, { maxValues: 3 })).toThrow('it has more than 3 values');
      expect(parseBoundedJson(text, { maxValues: 7 })).toEqual(JSON.parse(text));
    }
  });

  it('may hold any bracket in a string, and in comments where there are such', () => {
    const brackets = '['.repeat(200);
    expect(parseBoundedJson(JSON.stringify(`\\"${brackets}"`))).toBe(`\\"${brackets}"`);
    const commented = `{ // ${brackets} "\n "a": /* ${brackets} " */ [1] }`;
    expect(() => checkJsonBounds(commented, { hasComments: true })).not.toThrow();
    const behind = `// "\n/* " */ ${nested(101)}`;
    expect(() => checkJsonBounds(behind, { hasComments: true })).toThrow('nested deeper');
    for (const open of ['/*', '//', '"', '"\\']) {
      expect(() => checkJsonBounds(open, { hasComments: true })).not.toThrow();
    }
  });
});
