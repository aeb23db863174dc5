import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../lib/service/analysis/analytics.ts';
import {
  compareCounts,
  compareShares,
  mean,
  percentile,
  slope,
} from '../../../lib/service/analysis/statistics.ts';
import { DAY_MS, timeWindow } from '../../../lib/service/analysis/time-window.ts';
import { activityOf, feedbackAt, useAt, WINDOW } from '../activity-fixture.ts';

describe('statistics', () => {
  it('test two shares as the textbook does', () => {
    // 45 of 100 against 30 of 100: z = 2.1909, p = 0.02846 (R: prop.test(c(45,30), c(100,100), correct=FALSE)).
    const result = compareShares({ hits: 45, total: 100 }, { hits: 30, total: 100 });
    expect(result?.z).toBeCloseTo(-2.1909, 4);
    expect(result?.pValue).toBeCloseTo(0.02846, 5);
    expect(compareShares({ hits: 0, total: 0 }, { hits: 1, total: 2 })).toBeUndefined();
    expect(compareShares({ hits: 5, total: 5 }, { hits: 9, total: 9 })?.z).toBe(0);
  });

  it('test two counts', () => {
    const result = compareCounts(100, 130);
    expect(result?.z).toBeCloseTo(1.9781, 4);
    expect(result?.pValue).toBeCloseTo(0.04791, 4);
    expect(compareCounts(0, 0)).toBeUndefined();
  });

  it('take percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, n) => n + 1);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.95)).toBeNull();
  });

  it('draw a line through values', () => {
    expect(slope([1, 3, 5, 7])).toBeCloseTo(2);
    expect(slope([5])).toBeNull();
    expect(mean([])).toBeNull();
  });
});

describe('the analytics of a pattern', () => {
  it('are null, or 0 of nothing, where there is no data', () => {
    const { usage, success, performance, trend, quality } = analyse(activityOf(), WINDOW);
    expect(usage.total_executions).toBe(0);
    expect(success).toEqual({
      success_rate: 0,
      error_rate: 0,
      avg_quality_score: 0,
      success_count: 0,
      failure_count: 0,
      rating_count: 0,
    });
    expect([performance, trend, quality]).toEqual([null, null, 0]);
  });

  it('count uses, sessions and machines within the window', () => {
    const uses = [
      useAt(1, { sessionId: 'a', machine: 'm' }),
      useAt(2, { sessionId: 'a', machine: 'n' }),
      useAt(3, { sessionId: 'b' }),
      { ...useAt(0), at: WINDOW.from - 1 },
    ];
    const { usage, quality, dataPoints } = analyse(activityOf({ uses }), WINDOW);
    expect(usage).toEqual({
      total_executions: 3,
      executions_per_day: 0.4286,
      executions_per_week: 3,
      unique_contexts: 2,
      unique_users: 2,
    });
    expect([quality, dataPoints]).toEqual([0.1, 3]);
  });

  it('give rates of what was judged, and times of what was timed', () => {
    const feedback = [
      feedbackAt(1, { isSuccess: true, rating: 1, executionTimeMs: 30 }),
      feedbackAt(2, { isSuccess: true }),
      feedbackAt(3, { isSuccess: false, rating: 0.5 }),
      feedbackAt(4),
    ];
    const uses = [useAt(1, { durationMs: 10 }), useAt(2, { durationMs: 20 }), useAt(3)];
    const { success, performance } = analyse(activityOf({ uses, feedback }), WINDOW);
    expect(success).toMatchObject({
      success_rate: 0.6667,
      error_rate: 0.3333,
      avg_quality_score: 0.75,
    });
    expect([success.success_count, success.failure_count]).toEqual([2, 1]);
    expect(performance).toEqual({
      avg_execution_time_ms: 20,
      p95_execution_time_ms: 30,
      p99_execution_time_ms: 30,
    });
  });

  it.each([
    ['growing', 10, 40, 0],
    ['declining', 40, 10, 0],
    ['abandoned', 20, 0, 0],
    ['stable', 20, 22, 0],
    ['emerging', 0, 5, 6],
  ])(
    'name the trend %s in %d uses before and %d after the middle',
    (type, before, after, firstDay) => {
      const uses = [
        ...Array.from({ length: before }, (_, n) => useAt((3.4 * n) / before)),
        ...Array.from({ length: after }, (_, n) => useAt(3.6 + (3.3 * n) / after)),
      ];
      const { trend } = analyse(
        activityOf({ uses, firstSeenAt: WINDOW.from + firstDay * DAY_MS }),
        WINDOW,
      );
      expect(trend?.trend_type).toBe(type);
      const velocity = trend?.velocity ?? 0;
      if (type === 'declining' || type === 'abandoned') expect(velocity).toBeLessThan(0);
      else if (type === 'stable') expect(Math.abs(velocity)).toBeLessThan(0.5);
      else expect(velocity).toBeGreaterThan(0);
      expect(trend?.growth_percentage).toBe(
        before === 0 ? null : Math.round(((after - before) / before) * 1e4) / 100,
      );
    },
  );

  it('are finite and within their bounds for any activity', () => {
    const time = fc.integer({ min: WINDOW.from - DAY_MS, max: WINDOW.to + DAY_MS });
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
    const use = fc.record({
      at: time,
      sessionId: maybe(fc.string()),
      filePath: fc.constant(null),
      machine: maybe(fc.string()),
      durationMs: maybe(fc.double({ min: 0, max: 1e12, noNaN: true })),
    });
    const feedback = fc
      .record({
        at: time,
        isSuccess: maybe(fc.boolean()),
        rating: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
      })
      .map(({ at, ...further }) => ({ ...feedbackAt(0, further), at }));
    fc.assert(
      fc.property(fc.array(use), fc.array(feedback), (uses, given) => {
        const text = JSON.stringify(
          analyse(activityOf({ uses, feedback: given }), WINDOW),
          (_, value: unknown) => {
            if (typeof value === 'number') expect(Number.isFinite(value), `${value}`).toBe(true);
            return value;
          },
        );
        const { success, trend } = JSON.parse(text) as ReturnType<typeof analyse>;
        for (const rate of [
          success.success_rate,
          success.error_rate,
          trend?.confidence_score ?? null,
        ]) {
          expect(rate === null || (rate >= 0 && rate <= 1), `${rate}`).toBe(true);
        }
      }),
    );
  });
});

describe('a time window', () => {
  it('ends now, and is as long as its type or the days say', () => {
    expect(timeWindow('hourly', undefined, 1e12)).toEqual({
      from: 1e12 + 1 - 3_600_000,
      to: 1e12 + 1,
      type: 'hourly',
    });
    expect(timeWindow('weekly', 2, 1e12)).toEqual({
      from: 1e12 + 1 - 2 * DAY_MS,
      to: 1e12 + 1,
      type: 'custom',
    });
  });
});
