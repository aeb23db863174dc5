import { describe, expect, it } from 'vitest';
import { analyseFeedback } from '../../../lib/service/analysis/feedback-analysis.ts';
import { activityOf, feedbackAt, useAt, WINDOW } from '../activity-fixture.ts';
import { createdEvent, modifiedEvent, openFixture } from '../service-fixture.ts';

const options = {
  feedback_type: 'all',
  auto_apply_threshold: 0.95,
  min_sample_size: 30,
  significance_level: 0.05,
} as const;

/** `count` judgements about day `day`, so many of them good. */
const judged = (day: number, count: number, good: number) =>
  Array.from({ length: count }, (_, n) => feedbackAt(day + n / 1_000, { isSuccess: n < good }));

describe('the analysis of feedback', () => {
  it('finds that a pattern has begun to fail', () => {
    const activity = activityOf({ feedback: [...judged(1, 100, 90), ...judged(5, 100, 60)] });
    const { findings, improvements, samples } = analyseFeedback(
      activity,
      undefined,
      WINDOW,
      options,
    );
    expect(samples).toBe(200);
    expect(findings).toMatchObject([
      {
        metric: 'success_rate',
        against: 'first_half',
        baseline: { samples: 100, rate: 0.9 },
        current: { samples: 100, rate: 0.6 },
        difference: -0.3,
        z_score: -4.899,
        is_significant: true,
      },
    ]);
    expect(improvements).toMatchObject([
      { type: 'success_rate_first_half_worse', is_auto_applicable: true },
    ]);
  });

  it('suggests nothing on too few samples, however clear they are', () => {
    const activity = activityOf({ feedback: [...judged(1, 29, 29), ...judged(5, 100, 0)] });
    const { findings, improvements } = analyseFeedback(activity, undefined, WINDOW, options);
    expect(findings).toMatchObject([{ has_enough_samples: false, is_significant: false }]);
    expect(improvements).toEqual([]);
  });

  it('suggests nothing on a difference that chance makes', () => {
    const activity = activityOf({ feedback: [...judged(1, 100, 80), ...judged(5, 100, 78)] });
    expect(analyseFeedback(activity, undefined, WINDOW, options).improvements).toEqual([]);
  });

  it('holds a pattern against its parent', () => {
    const parent = activityOf({ id: 'parent', feedback: judged(2, 200, 190) });
    const activity = activityOf({ feedback: judged(2, 200, 150) });
    const { improvements } = analyseFeedback(activity, parent, WINDOW, options);
    expect(improvements.map(({ type }) => type)).toEqual(['success_rate_parent_worse']);
    const better = analyseFeedback(
      activityOf({ feedback: judged(2, 200, 200) }),
      parent,
      WINDOW,
      options,
    );
    expect(better.improvements.map(({ type }) => type)).toEqual(['success_rate_parent_better']);
  });

  it('finds that executions have become slow, and uses fewer', () => {
    const uses = [
      ...Array.from({ length: 90 }, (_, n) => useAt(1 + n / 100, { durationMs: 10 + (n % 5) })),
      ...Array.from({ length: 40 }, (_, n) => useAt(5 + n / 100, { durationMs: 50 + (n % 5) })),
    ];
    const { improvements } = analyseFeedback(activityOf({ uses }), undefined, WINDOW, options);
    expect(improvements.map(({ type }) => type)).toEqual([
      'fast_rate_first_half_worse',
      'usage_first_half_worse',
    ]);
  });

  it('gives the same improvement the same id, and another pattern another', () => {
    const feedback = [...judged(1, 100, 90), ...judged(5, 100, 60)];
    const idOf = (id: string, more = feedback) =>
      analyseFeedback(activityOf({ id, feedback: more }), undefined, WINDOW, options)
        .improvements[0]?.improvement_id;
    expect(idOf('p')).toBe(idOf('p', [...feedback, ...judged(6, 20, 2)]));
    expect(idOf('p')).not.toBe(idOf('q'));
  });

  it('shares the significance level among its tests', () => {
    // p = 0.028: significant as the only test, not as one of two.
    const activity = activityOf({ feedback: [...judged(1, 100, 45), ...judged(5, 100, 30)] });
    const parent = activityOf({ id: 'parent', feedback: judged(2, 100, 37) });
    const only = { ...options, feedback_type: 'performance' } as const;
    expect(analyseFeedback(activity, undefined, WINDOW, only).improvements).toHaveLength(1);
    expect(analyseFeedback(activity, parent, WINDOW, only).improvements).toHaveLength(0);
  });
});

describe('POST /feedback/analyze', () => {
  it('notes as applied what reaches the threshold, once', async () => {
    const { post, clock } = openFixture();
    await post('lineage/track', createdEvent('p'));
    for (const isSuccess of [true, false]) {
      for (let n = 0; n < 40; n += 1)
        await post('feedback/record', { pattern_id: 'p', success: isSuccess });
      clock.now += 5 * 86_400_000;
    }
    clock.now -= 4 * 86_400_000;
    const ask = async (auto_apply_threshold: number) =>
      (
        await post('feedback/analyze', {
          pattern_id: 'p',
          auto_apply_threshold,
          min_sample_size: 30,
        })
      ).body;
    const first = await ask(0.9);
    const again = await ask(0.9);
    expect(first).toMatchObject({
      improvements_identified: 1,
      improvements_applied: 1,
      improvements: [{ type: 'success_rate_first_half_worse', status: 'applied' }],
    });
    expect(again).toMatchObject({ improvements_applied: 0, improvements: [{ status: 'applied' }] });
  });

  it('compares with the parent only when it is to', async () => {
    const { post } = openFixture();
    await post('lineage/track', createdEvent('parent'));
    await post('lineage/track', modifiedEvent('child', ['parent']));
    const ask = async (enable_ab_testing: boolean) =>
      (await post('feedback/analyze', { pattern_id: 'child', enable_ab_testing })).body
        .parent_pattern_id;
    expect([await ask(true), await ask(false)]).toEqual(['parent', null]);
  });
});
