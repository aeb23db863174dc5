import { describe, expect, it } from 'vitest';
import { createServiceLog } from '../../lib/service/service-log.ts';
import { createdEvent, modifiedEvent, openFixture } from './service-fixture.ts';

describe('the metrics', () => {
  it('count requests by the pattern of their route, and events by what became of them', async () => {
    const { get, post } = openFixture();
    await post('lineage/track', createdEvent('a'));
    await post('lineage/track', createdEvent('a'));
    await post('lineage/track', modifiedEvent('b', ['nowhere']));
    await get('lineage/a');
    await get('lineage/b');
    for (let n = 0; n < 20; n += 1) await get(`/unknown/${n}`);
    const { body, headers } = await get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    const lines = [
      'http_requests_total{method="GET",route="/api/pattern-traceability/lineage/{pattern_id}",status="200"} 1',
      'http_requests_total{method="GET",route="/api/pattern-traceability/lineage/{pattern_id}",status="404"} 1',
      'http_requests_total{method="GET",route="none",status="404"} 20',
      'http_request_duration_seconds_count{method="GET",route="none"} 20',
      'pattern_tracker_ingested_events_total{result="created"} 1',
      'pattern_tracker_ingested_events_total{result="repeated"} 1',
      'pattern_tracker_ingested_events_total{result="refused"} 1',
      'pattern_tracker_ingest_queue_events 0',
      'pattern_tracker_store_up 1',
    ];
    for (const line of lines) expect(body.split('\n')).toContain(line);
    expect(body).not.toContain('/unknown/');
  });
});

describe('the log', () => {
  it('has a line a request, with ids to find it by, and leaves probes out', async () => {
    const lines: string[] = [];
    const log = createServiceLog({
      level: 'info',
      withRequests: true,
      stream: { write: (line) => void lines.push(line) },
    });
    const { get, post, token } = openFixture({ log });
    const { authorization, id } = await token({ tenant: 'team' });
    await post('lineage/track', createdEvent('a'), { authorization, 'x-request-id': 'r-1' });
    await get('health');
    await get('lineage/a?query_type=children', { authorization });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'info',
        msg: 'request',
        request_id: 'r-1',
        method: 'POST',
        status: 200,
        tenant: 'team',
        token_id: id,
      },
      {
        route: '/api/pattern-traceability/lineage/{pattern_id}',
        path: '/api/pattern-traceability/lineage/a',
        status: 422,
      },
    ]);
    expect(lines.join('')).not.toContain(authorization.slice(-43));
    expect(lines.join('')).not.toContain('children');
  });

  it('has a line only for a request that fails with 500 or above, unless requests are logged', async () => {
    const lines: string[] = [];
    const log = createServiceLog({
      level: 'debug',
      stream: { write: (line) => void lines.push(line) },
    });
    const { get } = openFixture({ log });
    await get('lineage/a');
    await get('health');
    expect(lines).toEqual([]);
  });

  it('says why a request has failed, which its answer does not', async () => {
    const lines: string[] = [];
    const log = createServiceLog({
      level: 'warn',
      stream: { write: (line) => void lines.push(line) },
    });
    const { get, service } = openFixture({ log });
    Object.assign(service.store.tenant('default'), {
      stats: async () => {
        throw new Error('what went wrong');
      },
    });
    const { status, body } = await get('stats', { 'x-request-id': 'r-2' });
    expect([status, body.detail]).toEqual([500, expect.stringContaining('r-2')]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { request_id: 'r-2', error: 'what went wrong', stack: expect.stringContaining('Error') },
      { msg: 'request', status: 500 },
    ]);
  });
});
