// What the integration suite of the servers before this one expects, case by case, as facts: docs/API_REFERENCE.md says which hold.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openFixture } from './service-fixture.ts';
import type { Answer, ServiceFixture } from './service-fixture.ts';

const CREATED = {
  event_type: 'pattern_created',
  pattern_id: 'created',
  pattern_name: 'Writer',
  pattern_data: { template: 'initial' },
  parent_pattern_ids: [],
  triggered_by: 'test',
};
const modified = (id: string, parents: string[], further: object = {}) => ({
  ...CREATED,
  event_type: 'pattern_modified',
  pattern_id: id,
  pattern_version: '2.0.0',
  parent_pattern_ids: parents,
  edge_type: 'modified_from',
  transformation_type: 'enhancement',
  ...further,
});
const CHAIN = {
  events: [
    { ...CREATED, pattern_id: 'v1' },
    ...Array.from({ length: 10 }, (_, n) => modified(`v${n + 2}`, [`v${n + 1}`])),
  ],
};
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...CREATED, pattern_id: `many-${n}` }));
const ANALYTICS = { pattern_id: 'unknown', time_window_type: 'weekly', time_window_days: 7 };
const oneOf = ({ status }: Answer, ...statuses: number[]) => statuses.includes(status);

type Case = (service: ServiceFixture) => Promise<boolean>;

/** Each case by its name in that suite. Times are left to `npm run bench`. */
const CASES: Readonly<Record<string, Case>> = {
  async track_pattern_creation_success({ post }) {
    const { status, body } = await post('lineage/track', CREATED);
    return (
      status === 200 && 'pattern_node_id' in body.data && 'processing_time_ms' in body.metadata
    );
  },
  track_pattern_modification_success: async ({ post }) =>
    oneOf(await post('lineage/track', modified('m', ['nowhere'])), 200),
  track_pattern_merge_success: async ({ post }) =>
    oneOf(
      await post('lineage/track', modified('m', ['x', 'y'], { event_type: 'pattern_merged' })),
      200,
    ),
  async track_pattern_duplicate_handling({ post }) {
    const answers = [await post('lineage/track', CREATED), await post('lineage/track', CREATED)];
    return answers.every((answer) => oneOf(answer, 200));
  },
  track_pattern_invalid_event_type: async ({ post }) =>
    oneOf(await post('lineage/track', { ...CREATED, event_type: 'invalid' }), 400, 422),
  track_pattern_missing_required_fields: async ({ post }) =>
    oneOf(await post('lineage/track', { event_type: 'pattern_created' }), 400, 422),
  async batch_track_parallel_processing({ post }) {
    const { status, body } = await post('lineage/track/batch', {
      ...CHAIN,
      processing_mode: 'parallel',
    });
    const { total_events, processing_mode } = body.batch_summary;
    return status === 200 && total_events === 11 && processing_mode === 'parallel';
  },
  async batch_track_sequential_processing({ post }) {
    const { status, body } = await post('lineage/track/batch', {
      ...CHAIN,
      processing_mode: 'sequential',
    });
    const { total_events, processing_mode } = body.batch_summary;
    return status === 200 && total_events === 11 && processing_mode === 'sequential';
  },
  batch_track_efficiency_gain: async ({ post }) =>
    (await post('lineage/track/batch', CHAIN)).body.metadata.batch_efficiency_gain > 0,
  batch_track_empty_events: async ({ post }) =>
    oneOf(await post('lineage/track/batch', { events: [] }), 200, 400, 422),
  async batch_track_large_batch({ post }) {
    const { status, body } = await post('lineage/track/batch', { events: many(50) });
    return status === 200 && body.batch_summary.total_events === 50;
  },
  async query_pattern_ancestry({ post, get }) {
    await post('lineage/track', CREATED);
    const { status, body } = await get('lineage/created?query_type=ancestry');
    return status === 200 && body.success && body.metadata.query_type === 'ancestry';
  },
  async query_pattern_descendants({ post, get }) {
    await post('lineage/track', CREATED);
    return oneOf(await get('lineage/created?query_type=descendants'), 200, 404);
  },
  query_nonexistent_pattern: async ({ get }) => oneOf(await get('lineage/nowhere'), 404, 500),
  query_lineage_with_invalid_query_type: async ({ get }) =>
    oneOf(await get('lineage/created?query_type=invalid'), 200, 404, 400),
  async get_evolution_path_success({ post, get }) {
    await post('lineage/track', CREATED);
    const { status, body } = await get('lineage/created/evolution');
    const { evolution_nodes, evolution_edges, pattern_id } = body.data;
    return status === 200 && evolution_nodes && evolution_edges && pattern_id === 'created';
  },
  get_evolution_path_nonexistent: async ({ get }) =>
    oneOf(await get('lineage/nowhere/evolution'), 404, 503),
  async evolution_path_temporal_ordering({ post, get, clock }) {
    await post('lineage/track', CREATED);
    clock.now += 1_000;
    await post('lineage/track', modified('later', ['created']));
    const { body } = await get('lineage/created/evolution');
    const times = body.data.evolution_nodes.map(
      ({ created_at }: { created_at: string }) => created_at,
    );
    return times.length === 2 && times.join() === times.toSorted().join();
  },
  async get_execution_logs_default({ get }) {
    const { status, body } = await get('executions/logs');
    return status === 200 && body.success && Array.isArray(body.executions) && 'count' in body;
  },
  get_execution_logs_with_correlation_id: async ({ get }) =>
    oneOf(await get('executions/logs?correlation_id=7d1f6b0a-3f0d-4c8e-9a55-0f6c1f0e2b11'), 200),
  get_execution_logs_with_session_id: async ({ get }) =>
    oneOf(await get('executions/logs?session_id=7d1f6b0a-3f0d-4c8e-9a55-0f6c1f0e2b11'), 200),
  get_execution_logs_with_limit: async ({ get }) =>
    (await get('executions/logs?limit=10')).body.count <= 10,
  get_execution_logs_invalid_limit: async ({ get }) =>
    oneOf(await get('executions/logs?limit=500'), 422),
  get_execution_logs_invalid_correlation_id: async ({ get }) =>
    oneOf(await get('executions/logs?correlation_id=invalid-uuid'), 422),
  async get_execution_summary_all_agents({ get }) {
    const { status, body } = await get('executions/summary');
    return status === 200 && body.success && Array.isArray(body.summary);
  },
  get_execution_summary_specific_agent: async ({ get }) =>
    oneOf(await get('executions/summary?agent_name=agent-api-architect'), 200),
  get_execution_summary_nonexistent_agent: async ({ get }) =>
    (await get('executions/summary?agent_name=nobody')).body.summary.length === 0,
  async compute_analytics_success({ post }) {
    const { status, body } = await post('analytics/compute', ANALYTICS);
    const { success_rate, error_rate, avg_quality_score } = body.success_metrics ?? {};
    const numbers = [success_rate, error_rate, avg_quality_score];
    const isRight = body.pattern_id === 'unknown' && 'total_executions' in body.usage_metrics;
    return status === 200 && isRight && numbers.every((value) => typeof value === 'number');
  },
  compute_analytics_with_performance: async ({ post }) =>
    'performance_metrics' in
    (await post('analytics/compute', { ...ANALYTICS, include_performance: true })).body,
  compute_analytics_with_trends: async ({ post }) =>
    'trend_analysis' in
    (await post('analytics/compute', { ...ANALYTICS, include_trends: true })).body,
  compute_analytics_custom_time_window: async ({ post }) =>
    (await post('analytics/compute', { ...ANALYTICS, time_window_days: 30 })).body.success === true,
  compute_analytics_invalid_time_window: async ({ post }) =>
    oneOf(await post('analytics/compute', { ...ANALYTICS, time_window_type: 'invalid' }), 422),
  async get_pattern_analytics_convenience({ get }) {
    const { status, body } = await get('analytics/unknown?time_window=weekly&include_trends=true');
    return status === 200 && body.pattern_id === 'unknown';
  },
  async analyze_feedback_success({ post }) {
    const { status, body } = await post('feedback/analyze', { pattern_id: 'unknown' });
    return status === 200 && body.success && 'data' in body && 'metadata' in body;
  },
  analyze_feedback_custom_threshold: async ({ post }) =>
    oneOf(
      await post('feedback/analyze', { pattern_id: 'unknown', auto_apply_threshold: 0.98 }),
      200,
      500,
    ),
  analyze_feedback_all_types: async ({ post }) =>
    oneOf(
      await post('feedback/analyze', { pattern_id: 'unknown', feedback_type: 'all' }),
      200,
      500,
    ),
  analyze_feedback_invalid_time_window: async ({ post }) =>
    oneOf(await post('feedback/analyze', { pattern_id: 'unknown', time_window_days: 0 }), 422),
  async apply_improvements_success({ post }) {
    const ids = 'improvement_ids=a&improvement_ids=b&force=false';
    const { status, body } = await post(`feedback/apply?pattern_id=unknown&${ids}`, {});
    return status === 200 && body.success && body.improvements_applied === 2;
  },
  apply_improvements_force: async ({ post }) =>
    (await post('feedback/apply?pattern_id=unknown&improvement_ids=a&force=true', {})).body.forced,
  async health_check_success({ get }) {
    const { status, body } = await get('health');
    const parts = ['lineage_tracker', 'usage_analytics', 'feedback_orchestrator'];
    return status === 200 && 'timestamp' in body && parts.every((part) => part in body.components);
  },
  health_check_performance: async ({ get }) => oneOf(await get('health'), 200),
  async complete_lineage_workflow({ post, get }) {
    const answers = [
      await post('lineage/track', { ...CREATED, pattern_id: 'w1' }),
      await post('lineage/track', modified('w2', ['w1'])),
      await get('lineage/w2?query_type=ancestry'),
      await get('lineage/w1/evolution'),
      await post('analytics/compute', { ...ANALYTICS, pattern_id: 'w1' }),
    ];
    return answers.every((answer) => oneOf(answer, 200));
  },
  async batch_track_and_query_workflow({ post, get }) {
    const answers = [await post('lineage/track/batch', { events: many(5) })];
    for (const { pattern_id: id } of many(5)) answers.push(await get(`lineage/${id}`));
    return answers.every((answer) => oneOf(answer, 200));
  },
  async all_endpoints_meet_performance_targets({ post, get }) {
    const answers = [
      await post('lineage/track', CREATED),
      await post('lineage/track/batch', CHAIN),
      await post('analytics/compute', ANALYTICS),
      await get('health'),
    ];
    return answers.every((answer) => oneOf(answer, 200));
  },
};

/** The cases that `docs/API_REFERENCE.md` lists, and whether it says that they hold. */
const told = new Map(
  [
    ...readFileSync('scripts/docs/reference/http.md', 'utf8').matchAll(
      /^\| `(\w+)` +\| (yes|no)\b/gm,
    ),
  ].map(([, name = '', holds]) => [name, holds === 'yes']),
);

describe("the suite of the servers before this one, as the API's page tells it", () => {
  it('has 44 cases, and each is told', () => {
    expect(Object.keys(CASES)).toHaveLength(44);
    expect([...told.keys()].toSorted()).toEqual(Object.keys(CASES).toSorted());
  });

  it.each(Object.entries(CASES))('%s', async (name, holds) => {
    expect(Boolean(await holds(openFixture()))).toBe(told.get(name));
  });
});

describe("the clients' hooks", () => {
  const told = async (event: object) => {
    const { post, get } = openFixture();
    expect((await post('lineage/track', { ...CREATED, ...event })).status).toBe(200);
    const { file_path, session_id, language } = (await get('patterns/created')).body.data;
    return { file_path, session_id, language };
  };
  const place = { file_path: '/w/g.py', session_id: 's-1' };

  it('name file and language in the data, and the session in the metadata beside it', async () => {
    const pattern_data = { code: 'x = 1', language: 'rust', file_path: place.file_path };
    const metadata = { session_id: place.session_id, quality_score: 0.9 };
    expect(await told({ pattern_data, metadata })).toEqual({ ...place, language: 'rust' });
  });

  it('name both in a context within the data', async () => {
    const pattern_data = { code: 'x = 1', context: place };
    expect(await told({ pattern_data })).toEqual({ ...place, language: 'python' });
  });

  it('are not listened to where the event says it itself', async () => {
    const own = { file_path: '/w/own.ts', language: 'typescript' };
    const pattern_data = { code: 'x', session_id: 's-own', file_path: '/w/other', language: 'c' };
    const answer = await told({ ...own, pattern_data, metadata: { session_id: 's-other' } });
    expect(answer).toEqual({ ...own, session_id: 's-own' });
  });

  it('add quality and success rate of a pattern that nobody has judged', async () => {
    const { get } = openFixture();
    const { avg_quality_score, success_rate, rating_count } = (await get('analytics/nothing')).body
      .success_metrics;
    expect([avg_quality_score + success_rate, rating_count]).toEqual([0, 0]);
  });
});
