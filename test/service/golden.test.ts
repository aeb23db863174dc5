import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ENDPOINTS } from '../../lib/service/routes/endpoints.ts';
import { openPostgresStore } from '../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import { createDatabase } from '../support/shared-postgres.ts';
import { createdEvent, modifiedEvent, openFixture, openThrowawayStore } from './service-fixture.ts';

interface Golden {
  readonly title: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
}

const FILE = 'test/fixtures/service/golden.json';
const P = '/api/pattern-traceability';

/** `UPDATE_GOLDEN=1` writes the answers of now; the difference is then read by a person. */
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';

/** What is asked, in this order, of one service; all times and ids are given. */
const REQUESTS: readonly (readonly [
  title: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
])[] = [
  ['records a creation', 'POST', `${P}/lineage/track`, createdEvent('root')],
  ['answers the same event again as a success', 'POST', `${P}/lineage/track`, createdEvent('root')],
  [
    'answers a version that is there as already_exists',
    'POST',
    `${P}/lineage/track`,
    createdEvent('root', { event_id: 'another' }),
  ],
  [
    'records a modification',
    'POST',
    `${P}/lineage/track`,
    modifiedEvent('child', ['root'], { transformation_type: 'bugfix' }),
  ],
  [
    'records a fork',
    'POST',
    `${P}/lineage/track`,
    modifiedEvent('fork', ['root'], { event_type: 'pattern_forked' }),
  ],
  [
    'records a merge',
    'POST',
    `${P}/lineage/track`,
    modifiedEvent('merge', ['child', 'fork'], {
      event_type: 'pattern_merged',
      edge_type: 'merged_from',
    }),
  ],
  [
    'records a use',
    'POST',
    `${P}/lineage/track`,
    {
      event_type: 'pattern_applied',
      pattern_id: 'child',
      event_id: 'applied-1',
      pattern_data: { session_id: 's-2', occurred_at: '2026-11-02T08:00:00.000Z' },
    },
  ],
  [
    'records a validation as a creation',
    'POST',
    `${P}/lineage/track`,
    createdEvent('valid', { event_type: 'pattern_validated' }),
  ],
  [
    'records a deprecation',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_deprecated', pattern_id: 'fork', event_id: 'deprecated-1' },
  ],
  [
    'says which parent is unknown',
    'POST',
    `${P}/lineage/track`,
    modifiedEvent('lost', ['nowhere']),
  ],
  [
    'says that an applied pattern is unknown',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_applied', pattern_id: 'nowhere', event_id: 'applied-2' },
  ],
  [
    'refuses a word that is no event type',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_executed', pattern_id: 'x' },
  ],
  [
    'refuses a word that is no edge type',
    'POST',
    `${P}/lineage/track`,
    createdEvent('x', { edge_type: 'forked_from' }),
  ],
  [
    'refuses a word that is no transformation type',
    'POST',
    `${P}/lineage/track`,
    createdEvent('x', { transformation_type: 'bug_fix' }),
  ],
  ['says what is missing', 'POST', `${P}/lineage/track`, { pattern_id: 'x', pattern_name: null }],
  [
    'refuses a creation without data',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_created', pattern_id: 'x' },
  ],
  [
    'refuses a modification without a parent',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_modified', pattern_id: 'x' },
  ],
  [
    'refuses a merge of one',
    'POST',
    `${P}/lineage/track`,
    { event_type: 'pattern_merged', pattern_id: 'x', parent_pattern_ids: ['root'] },
  ],
  [
    'answers a batch by index',
    'POST',
    `${P}/lineage/track/batch`,
    {
      batch_id: 'b-1',
      processing_mode: 'sequential',
      events: [
        createdEvent('b1'),
        modifiedEvent('b2', ['b1']),
        modifiedEvent('b3', ['nowhere']),
        { event_type: 'pattern_merged', pattern_id: 'b4' },
        createdEvent('b1'),
      ],
    },
  ],
  ['refuses an empty batch', 'POST', `${P}/lineage/track/batch`, { events: [] }],
  [
    'refuses a batch with an unknown word',
    'POST',
    `${P}/lineage/track/batch`,
    { events: [createdEvent('c1'), { event_type: 'test', pattern_id: 'c2' }] },
  ],
  [
    'says where in a batch a field is wrong',
    'POST',
    `${P}/lineage/track/batch`,
    {
      events: [
        createdEvent('c1'),
        { event_type: 'pattern_created', pattern_id: 5, pattern_data: { a: 1 } },
      ],
    },
  ],
  ['tells ancestry', 'GET', `${P}/lineage/merge`],
  ['tells descendants of all generations', 'GET', `${P}/lineage/root?query_type=descendants`],
  ['refuses another query type', 'GET', `${P}/lineage/root?query_type=children`],
  ['says that a pattern is unknown', 'GET', `${P}/lineage/nowhere`],
  ['tells the evolution', 'GET', `${P}/lineage/child/evolution`],
  ['says that a pattern has no evolution', 'GET', `${P}/lineage/nowhere/evolution`],
  ['lists patterns', 'GET', `${P}/lineage/query?limit=2&language=typescript`],
  ['lists patterns by session', 'POST', `${P}/lineage/query`, { limit: 1, session_id: 's-1' }],
  ['refuses a limit of none', 'GET', `${P}/lineage/query?limit=0`],
  ['shows a pattern', 'GET', `${P}/patterns/root`],
  ['shows no pattern that is not there', 'GET', `${P}/patterns/nowhere`],
  ['finds patterns', 'POST', `${P}/search`, { query: 'const chi' }],
  ['finds nothing', 'POST', `${P}/search`, { query: 'nothing of the kind' }],
  [
    'finds similar patterns',
    'POST',
    `${P}/similar`,
    { code: 'export const child = 1; // one', language: 'typescript', limit: 2 },
  ],
  [
    'finds what is like no pattern that is not there',
    'POST',
    `${P}/similar`,
    { pattern_id: 'nowhere' },
  ],
  ['refuses to compare nothing', 'POST', `${P}/similar`, { limit: 1 }],
  [
    'records feedback',
    'POST',
    `${P}/feedback/record`,
    {
      pattern_id: 'child',
      feedback_id: 'f-1',
      success: true,
      rating: 0.9,
      execution_time_ms: 12.5,
      comment: 'good',
      reviewer: 'ann',
    },
  ],
  [
    'records feedback under its other name',
    'POST',
    `${P}/feedback/submit`,
    { pattern_id: 'child', feedback_id: 'f-2', success: false, rating: 0.5 },
  ],
  [
    'says that feedback is of an unknown pattern',
    'POST',
    `${P}/feedback/record`,
    { pattern_id: 'nowhere', feedback_id: 'f-3' },
  ],
  [
    'computes analytics',
    'POST',
    `${P}/analytics/compute`,
    { pattern_id: 'child', time_window_type: 'daily', include_distribution: true },
  ],
  ['gets analytics', 'GET', `${P}/analytics/child?time_window=monthly&include_trends=false`],
  ['gets analytics by the other path', 'GET', `${P}/analytics/get?pattern_id=valid`],
  ['says that there are no analytics', 'GET', `${P}/analytics/nowhere`],
  [
    'analyses feedback',
    'POST',
    `${P}/feedback/analyze`,
    { pattern_id: 'child', feedback_type: 'all' },
  ],
  [
    'refuses a sample of nine',
    'POST',
    `${P}/feedback/analyze`,
    { pattern_id: 'child', min_sample_size: 9 },
  ],
  [
    'notes improvements',
    'POST',
    `${P}/feedback/apply?pattern_id=child&improvement_ids=a&improvement_ids=b`,
  ],
  ['tells how much there is', 'GET', `${P}/stats`],
  ['finds that all holds together', 'POST', `${P}/validate`, {}],
  ['checks one pattern', 'POST', `${P}/validate`, { pattern_id: 'merge', check_analytics: false }],
  ['says that there is nothing to check', 'POST', `${P}/validate`, { pattern_id: 'nowhere' }],
  ['lists executions', 'GET', `${P}/executions/logs?session_id=s-1`],
  ['refuses 500 executions', 'GET', `${P}/executions/logs?limit=500`],
  ['sums executions up', 'GET', `${P}/executions/summary`],
  ['tells its health', 'GET', `${P}/health`],
  ['tells its health in short', 'GET', '/health'],
  ['refuses to take a word of the API for a pattern', 'GET', `${P}/lineage/track`],
  ['refuses to compute by GET', 'GET', `${P}/analytics/compute`],
  ['knows no other path', 'GET', `${P}/nothing`],
];

describe('the golden answers', () => {
  it('are what a service on SQLite gives, in the shape its documentation says', async () => {
    await expectGolden(openThrowawayStore());
  });

  it('are what a service on PostgreSQL gives', async () => {
    const store = await openPostgresStore(await createDatabase());
    onTestFinished(() => store.close());
    await expectGolden(store);
  });
});

async function expectGolden(store: ServiceStore): Promise<void> {
  const { app } = openFixture({ store });
  const given: Golden[] = [];
  for (const [title, method, path, body] of REQUESTS) {
    const response = await app.request(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-request-id': 'golden' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = withoutStore(JSON.parse(await response.text()));
    const request = body === undefined ? { method, path } : { method, path, body };
    given.push({ title, request, response: { status: response.status, body: answer } });
  }
  if (isUpdate) writeFileSync(FILE, `${JSON.stringify(given, null, 2)}\n`);
  const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Golden[];
  for (const [index, answer] of given.entries()) {
    expect(answer, answer.title).toEqual(golden[index]);
    expectDocumented(answer);
  }
  expect(golden).toHaveLength(given.length);
}

/** What health says of the store is the one thing that differs. */
function withoutStore(body: object): object {
  if (!('status' in body)) return body;
  const { store: _, performance, ...rest } = body as Record<string, unknown>;
  if (typeof performance !== 'object' || performance === null) return rest;
  const { database_pool: __, ...others } = performance as Record<string, unknown>;
  return { ...rest, performance: others };
}

function expectDocumented({ title, request, response }: Golden): void {
  const path = request.path.replace(/\?.*/, '');
  const endpoint = ENDPOINTS.toSorted(
    (a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')),
  ).find(
    ({ path: pattern, route }) =>
      route.method === request.method &&
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  if ('detail' in (response.body as object)) return;
  const schema = endpoint?.route.replies[response.status];
  if (!schema) throw new Error(`${title}: no reply is documented for ${response.status}`);
  // Equal: no key that the documentation does not know.
  expect(schema.parse(response.body), title).toEqual(response.body);
}
