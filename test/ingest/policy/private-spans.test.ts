import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropPrivate, mayHavePrivate } from '../../../lib/ingest/policy/private-spans.ts';

const dropped = (text: string) => dropPrivate({ text })['text'];

describe('a private span', () => {
  it.each([
    ['a <private>x</private> b', 'a [private] b'],
    ['a <PRIVATE>x</Private> b', 'a [private] b'],
    ['a < private >x</ private > b', 'a [private] b'],
    ['<private>x</private><private>y</private>', '[private][private]'],
    ['<private>a<private>b</private>c', '[private]c'],
    ['a <private>to the end\nof all', 'a [private]'],
    ['a <private>\nx\n</private>\nb', 'a [private]\nb'],
    ['<private></private>', '[private]'],
    [String.raw`{"a":"\u003cprivate\u003ex\u003c/private\u003e"}`, '{"a":"[private]"}'],
    [String.raw`\\u003Cprivate\\u003Ex\\u003C\\u002fprivate\\u003E b`, '[private] b'],
    [String.raw`<private>x<\/private> b`, '[private] b'],
    ['&lt;private&gt;x&lt;/private&gt; b', '[private] b'],
    ['&amp;lt;private&amp;gt;x&#60;&#x2F;private&#x3e; b', '[private] b'],
    ['?q=%3Cprivate%3Ex%3c%2fprivate%3e&b', '?q=[private]&b'],
  ])('is dropped: %j', (text, left) => {
    expect(mayHavePrivate(JSON.stringify({ text }))).toBe(true);
    expect(dropped(text)).toBe(left);
  });

  it.each([
    '<private class="x">kept</private>',
    'an end alone </private> of a text',
    '<privates>kept</privates>',
    'private',
    '',
  ])('is none: %j', (text) => {
    const payload = { text };
    expect(dropPrivate(payload)).toBe(payload);
  });

  it('is dropped at any depth, from keys, and from texts in lists', () => {
    const payload = JSON.parse(
      '{"a":{"__proto__":[{"b":"<private>x</private>"}, 1]},"<private>k</private>":null,"[private]":2}',
    ) as never;
    expect(JSON.stringify(dropPrivate(payload))).toBe(
      '{"a":{"__proto__":[{"b":"[private]"},1]},"[private]":null,"[private]_":2}',
    );
  });

  it('may reach over the lines of a diff, which keep their signs', () => {
    const lines = [' a', '-<private>', '-x', '+<private>y', '+z', ' </private>', '+b'];
    expect(dropPrivate({ lines })['lines']).toEqual([
      ' a',
      '-[private]',
      '-[private]',
      '+[private]',
      '+[private]',
      ' [private]',
      '+b',
    ]);
  });

  it('may have begun before the lines that a diff shows', () => {
    const lines = [' x', '-y', '+z', ' </private>', '+b'];
    expect(dropPrivate({ lines })['lines']).toEqual([
      ' [private]',
      '-[private]',
      '+[private]',
      ' [private]',
      '+b',
    ]);
  });

  it('overflows no stack', () => {
    const deep = `${'['.repeat(50_000)}"<private>secret</private>"${']'.repeat(50_000)}`;
    const payload = JSON.parse(`{"deep":${deep}}`) as never;
    expect(JSON.stringify(dropPrivate(payload))).not.toContain('secret');
  });

  it('leaves nothing of what stands between its tags, whatever stands around it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '<', '/', '>', ' ', 'private', '\n') });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const left = dropped(`${before}<private>SECRET</private>${after}`);
        expect(left).not.toContain('SECRET');
      }),
    );
  });
});

it('is looked for only in events that may have one', () => {
  expect(mayHavePrivate('{"a":"<PRIVATE>"}')).toBe(true);
  expect(mayHavePrivate(String.raw`{"a":"<\u0070rivate>"}`)).toBe(true);
  expect(mayHavePrivate(String.raw`{"a":"<private\n >"}`)).toBe(true);
  expect(mayHavePrivate(String.raw`{"a":"<private\u003e"}`)).toBe(true);
  expect(mayHavePrivate('{"a":"<b> private readonly x"}')).toBe(false);
});
