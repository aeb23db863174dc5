import { describe, expect, it } from 'vitest';
import { labelsIn, machineMetrics, serviceMetrics, seriesIn } from './exported-metrics.ts';

describe('what a query reads', () => {
  it.each([
    ['up', ['up']],
    ['sum by (le) (rate(a_bucket{job="x",b=~"y.z"}[5m])) / b > 0.05', ['a_bucket', 'b']],
    ['count(a > 0) or vector(0)', ['a']],
    ['a / ignoring (status) group_left () sum(b)', ['a', 'b']],
    ['rate(a[$__rate_interval])', ['a']],
    ['1e3 * time() - a{b="c(d)"}', ['a']],
  ])('of %s is found', (query, names) => {
    expect(seriesIn(query)).toEqual(names);
  });

  it('has labels, each of its series', () => {
    expect(labelsIn('sum(a{job="x",status=~"5.."}) / b{c!="d"}')).toEqual([
      ['a', 'job'],
      ['a', 'status'],
      ['b', 'c'],
    ]);
  });
});

describe('what is exported', () => {
  it('holds what the service counts, and what Node.js says of itself', async () => {
    const names = await serviceMetrics();
    for (const name of [
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'pattern_tracker_ingested_events_total',
      'pattern_tracker_ingest_queue_events',
      'pattern_tracker_store_up',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(names).toContain(name);
    }
    expect(names).not.toContain('http_request_duration_seconds');
  });

  it('holds what a machine prints', async () => {
    const names = await machineMetrics();
    expect(names).toContain('claude_pattern_tracker_events_waiting');
    expect(names).toContain('claude_pattern_tracker_http_request_seconds_bucket');
    expect(names).not.toContain('http_requests_total');
  });
});
