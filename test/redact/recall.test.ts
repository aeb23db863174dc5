import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { Dice } from '../../scripts/eval/redact/dice.ts';
import { allKinds } from '../../scripts/eval/redact/kind.ts';
import { textOfPattern } from '../../scripts/eval/redact/pattern-text.ts';
import { allShapes, measureRecall } from '../../scripts/eval/redact/recall.ts';
import { UNSEEN_SHAPES } from '../../scripts/eval/redact/unseen/unseen-shapes.ts';
import { times } from '../support/depth.ts';

/** The least share of secrets that must be found, in percent. */
const LEAST = { token: 99, named: 97 };
const LEAST_UNSEEN = { token: 98, named: 97 };

describe('recall', () => {
  const kinds = allKinds();
  const shapes = allShapes(300, 1);

  it('is tried with hundreds of kinds in hundreds of shapes', () => {
    expect(kinds.length).toBeGreaterThan(800);
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    expect(shapes.length).toBeGreaterThan(600);
    expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length);
  });

  it.each(['token', 'named'] as const)('of %s secrets does not fall', (group) => {
    const { groups, leaks } = measureRecall(createRedactor(), {
      seed: 1,
      oneIn: times(300, 8),
      maxLeaks: 20,
      kinds: kinds.filter((kind) => kind.group === group),
      shapes,
    });
    const { tried, found } = groups.get(group) ?? { tried: 0, found: 0 };
    expect(tried).toBeGreaterThan(1_000);
    expect((100 * found) / tried, JSON.stringify(leaks, null, 2)).toBeGreaterThan(LEAST[group]);
  });

  it.each(['token', 'named'] as const)(
    'of %s secrets in shapes thought up apart does not fall',
    (group) => {
      expect(UNSEEN_SHAPES.length).toBeGreaterThan(500);
      const { groups, leaks } = measureRecall(createRedactor(), {
        seed: 1,
        oneIn: times(300, 40),
        maxLeaks: 20,
        kinds: kinds.filter((kind) => kind.group === group),
        shapes: UNSEEN_SHAPES,
      });
      const { tried, found } = groups.get(group) ?? { tried: 0, found: 0 };
      expect(tried).toBeGreaterThan(1_000);
      expect((100 * found) / tried, JSON.stringify(leaks, null, 2)).toBeGreaterThan(
        LEAST_UNSEEN[group],
      );
    },
  );

  it('counts a secret of which a third is left as leaked', () => {
    const half = (text: string) => ({
      text: text.slice(0, text.length - 20),
      count: 1,
      findings: [],
      leftOut: 0,
    });
    const { groups } = measureRecall(
      {
        redactText: half,
        redactPayload: (payload) => ({ payload, count: 0, kinds: {}, leftOut: 0 }),
      },
      { seed: 1, oneIn: 500, kinds, shapes },
    );
    const { tried, found } = groups.get('named') ?? { tried: 0, found: 0 };
    expect(found).toBeLessThan(tried / 2);
  });
});

describe('a text of a pattern', () => {
  it.each([
    'abc',
    '[a-z0-9_-]{20,40}',
    'x(?:ab|cd){2}\\.[\\w-]{3,}(?![A-Z])',
    '(?<=a)\\d{2}-[A-F0-9]{4}(?:\\+[x=]?)?$',
    '(?:(?:a|b)[0-9]|[c-d]{3})',
  ])('matches %s', (pattern) => {
    for (let seed = 0; seed < 50; seed += 1) {
      const text = textOfPattern(pattern, new Dice(seed));
      expect(text).toMatch(new RegExp(`^(?:${pattern.replace('(?<=a)', '')})$`));
    }
  });
});
