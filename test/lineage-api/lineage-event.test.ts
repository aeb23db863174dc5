import { describe, expect, it } from 'vitest';
import { lineageEventSchema } from '../../lib/lineage-api/lineage-event.ts';
import { EDGE_TYPES, TRANSFORMATION_TYPES } from '../../lib/lineage-api/lineage-terms.ts';

/** The example of the contract. */
const MODIFIED = {
  event_type: 'pattern_modified',
  pattern_id: '7c1e09ab44d2f310',
  pattern_name: 'queue.ts',
  pattern_type: 'code',
  pattern_version: '1.0.1',
  tool_name: 'Edit',
  file_path: '/w/app/queue.ts',
  language: 'typescript',
  pattern_data: { code: 'export ...', session_id: 's-41' },
  parent_pattern_ids: ['19aa52c0de77b841'],
  edge_type: 'modified_from',
  transformation_type: 'bugfix',
  reason: 'Edit',
  triggered_by: 'claude-code',
};
const APPLIED = { event_type: 'pattern_applied', pattern_id: 'p' };

/** The paths of what is wrong. */
const wrong = (event: unknown) =>
  lineageEventSchema.safeParse(event).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('lineageEventSchema', () => {
  it('leaves a whole event as it is, with keys that it does not know', () => {
    for (const event of [MODIFIED, { ...MODIFIED, event_id: 'e-1', metadata: { of: 'ours' } }]) {
      expect(lineageEventSchema.parse(event)).toEqual(event);
    }
  });

  it('fills in what the server would', () => {
    expect(lineageEventSchema.parse(APPLIED)).toEqual({
      ...APPLIED,
      pattern_name: '',
      pattern_type: 'code',
      pattern_version: '1.0.0',
      language: 'python',
      pattern_data: {},
      parent_pattern_ids: [],
      triggered_by: 'api',
    });
  });

  it.each(['tool_name', 'file_path', 'language', 'edge_type', 'transformation_type', 'reason'])(
    'takes null for %s',
    (key) => {
      expect(wrong({ ...APPLIED, [key]: null })).toEqual([]);
    },
  );

  it.each([
    'event_id',
    'event_type',
    'pattern_id',
    'pattern_name',
    'pattern_type',
    'pattern_version',
    'pattern_data',
    'parent_pattern_ids',
    'triggered_by',
  ])('refuses null for %s', (key) => {
    expect(wrong({ ...APPLIED, [key]: null })).toEqual([key]);
  });

  it.each([
    ['event_type', 'pattern_executed'],
    ['edge_type', 'forked_from'],
    ['edge_type', 'created_from'],
    ['transformation_type', 'refactoring'],
    ['transformation_type', 'bug_fix'],
    ['transformation_type', 'feature_addition'],
    ['pattern_id', ''],
    ['pattern_data', []],
    ['parent_pattern_ids', 'p'],
  ])('refuses %s %j, which the server does not know', (key, value) => {
    expect(wrong({ ...MODIFIED, [key]: value })).toEqual([key]);
  });

  it('knows every edge and transformation of the server', () => {
    for (const edge_type of EDGE_TYPES) expect(wrong({ ...APPLIED, edge_type })).toEqual([]);
    for (const transformation_type of TRANSFORMATION_TYPES) {
      expect(wrong({ ...APPLIED, transformation_type })).toEqual([]);
    }
  });

  it.each([
    ['event_id', 255],
    ['pattern_id', 255],
    ['pattern_name', 255],
    ['pattern_type', 100],
    ['pattern_version', 50],
    ['language', 50],
  ])('takes %s of %i characters and no more', (key, most) => {
    expect(wrong({ ...APPLIED, [key]: 'x'.repeat(most) })).toEqual([]);
    expect(wrong({ ...APPLIED, [key]: 'x'.repeat(most + 1) })).toEqual([key]);
  });

  it.each([
    ['pattern_created', {}, 'pattern_data'],
    ['pattern_modified', { parent_pattern_ids: [] }, 'parent_pattern_ids'],
    ['pattern_forked', { parent_pattern_ids: [] }, 'parent_pattern_ids'],
    ['pattern_merged', { parent_pattern_ids: ['one'] }, 'parent_pattern_ids'],
  ])('refuses %s with %j only', (event_type, keys, path) => {
    expect(wrong({ event_type, pattern_id: 'p', ...keys })).toEqual([path]);
  });

  it.each([
    ['pattern_created', { pattern_data: { code: '' } }],
    ['pattern_forked', { parent_pattern_ids: ['one'] }],
    ['pattern_merged', { parent_pattern_ids: ['one', 'two'] }],
    ['pattern_deprecated', {}],
    ['pattern_validated', {}],
  ])('takes %s with %j', (event_type, keys) => {
    expect(wrong({ event_type, pattern_id: 'p', ...keys })).toEqual([]);
  });
});
