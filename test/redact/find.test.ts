import { rules as presetRules } from '@secretlint/secretlint-rule-preset-recommend';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretFinder, RULES, withoutOverlaps } from '../../lib/redact/find.ts';
import { createTriggerScanner } from '../../lib/redact/scan.ts';
import { SECRETLINT_ADAPTERS, SECRETLINT_RULES } from '../../lib/redact/secretlint.ts';
import type { FoundSecret } from '../../lib/redact/rule.ts';
import { JWT, pemOf, PREFIX_VECTORS, SECRETLINT_VECTORS } from './secret-vectors.ts';

const find = createSecretFinder();
const nameOf = (id: string) => id.replace(/^.*secretlint-rule-/, '');
/** Every rule, without the one pass before: on the whole text, or wherever its word stands. */
function findEverywhere(text: string): FoundSecret[] {
  const findings = RULES.flatMap((rule) => {
    if (rule.scope === 'text') return rule.findAll(text);
    const found: FoundSecret[] = [];
    for (const trigger of rule.triggers) {
      for (let at = 0; at < text.length; at += 1) {
        const there = text.slice(at, at + trigger.length);
        if (there !== trigger && there.toLowerCase() !== trigger) continue;
        const finding = rule.find(text, at);
        if (finding !== undefined) found.push(finding);
      }
    }
    return found;
  });
  return withoutOverlaps(text, findings);
}

describe('the rules of the secretlint preset', () => {
  it('are all known here, by their ids', () => {
    expect(presetRules.map(({ meta }) => nameOf(meta.id)).toSorted()).toEqual(
      Object.keys(SECRETLINT_ADAPTERS).toSorted(),
    );
  });

  it('each have a vector, but for the one about comments', () => {
    const covered = new Set(SECRETLINT_VECTORS.map(({ rule }) => rule));
    expect(
      Object.keys(SECRETLINT_ADAPTERS).filter((name) => !covered.has(`secretlint:${name}`)),
    ).toEqual(['filter-comments']);
  });

  it.each(SECRETLINT_VECTORS.filter(({ rule }) => rule !== 'secretlint:gcp'))(
    'find the whole secret by $rule alone: $marker',
    ({ rule, text, secret, marker }) => {
      const [own] = SECRETLINT_RULES.filter(({ name }) => `secretlint:${name}` === rule);
      const findings = own?.findAll(text) ?? [];
      const spans = findings.map(({ start, end }) => text.slice(start, end));
      expect(spans.some((span) => span.includes(secret))).toBe(true);
      expect(findings[0]?.kind).toBe(marker);
    },
  );

  it.each(SECRETLINT_VECTORS)('find the same with the pass before: $rule', ({ text, secret }) => {
    const findings = find(text);
    expect(findings).toEqual(findEverywhere(text));
    expect(findings.some(({ start, end }) => text.slice(start, end).includes(secret))).toBe(true);
  });
});

describe('tokens known by a fixed part', () => {
  it.each(PREFIX_VECTORS)('are found: $rule $prefix', ({ text, secret }) => {
    expect(find(text).map(({ start, end }) => text.slice(start, end))).toEqual([secret]);
    expect(findEverywhere(text)).toEqual(find(text));
  });
});

describe('withoutOverlaps', () => {
  it('makes one of findings that overlap, with the name that says most', () => {
    expect(
      withoutOverlaps('0123456789', [
        { start: 2, end: 6, kind: 'assignment' },
        { start: 4, end: 8, kind: 'jwt' },
        { start: 8, end: 9, kind: 'npm-token' },
      ]),
    ).toEqual([
      { start: 2, end: 8, kind: 'jwt' },
      { start: 8, end: 9, kind: 'npm-token' },
    ]);
  });

  it('drops what touches a marker', () => {
    const text = 'ab[redacted:jwt]cd[redacted:x]';
    const at = (start: number, end: number) =>
      withoutOverlaps(text, [{ start, end, kind: 'k' }]).length;
    expect([at(0, 2), at(0, 3), at(15, 17), at(16, 18), at(0, 30), at(16, 19)]).toEqual([
      1, 0, 0, 1, 0, 0,
    ]);
  });
});

describe('the pass before', () => {
  it('finds each word wherever it stands, also inside another', () => {
    const words = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'c'), minLength: 1, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const texts = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'c', 'é'), maxLength: 30 });
    fc.assert(
      fc.property(words, texts, (list, text) => {
        const hits: string[] = [];
        createTriggerScanner(list).scan(text, (word, at) => hits.push(`${word} ${at}`));
        const expected = list.flatMap((word, index) =>
          text.split('').flatMap((_, at) => {
            const there = text.slice(at, at + word.length);
            const same =
              word === word.toLowerCase() ? there.toLowerCase() === word : there === word;
            return same ? [`${index} ${at}`] : [];
          }),
        );
        expect(hits.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it('changes nothing in what is found in texts put together from secrets and what stands around them', () => {
    const pieces = fc.constantFrom(
      ...SECRETLINT_VECTORS.flatMap(({ text, secret }) => [text, secret]),
      ...PREFIX_VECTORS.map(({ secret }) => secret),

      JWT,
      pemOf('EC PRIVATE KEY'),
      'password',
      'token',
      '_auth',
      '=',
      ': ',
      '"',
      "'",
      '\\"',
      '\n',
      ' ',

      '://',
      '@',
      'a',
      'é',
      '-',
      '.',
      'hunter22',
      'Authorization: Bearer ',
      '[redacted:jwt]',
      '$',
      '{',
      '(',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect(find(text)).toEqual(findEverywhere(text));
      }),
      { numRuns: 500 },
    );
  });
});
