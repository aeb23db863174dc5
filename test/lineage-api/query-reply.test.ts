import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPatterns, readRelatives } from '../../lib/lineage-api/query-reply.ts';

const ID = '7c1e09ab44d2f310';

describe('readPatterns', () => {
  it.each([
    ['a bare list', [{ pattern_id: ID }]],
    ['data', { success: true, data: [{ pattern_id: ID }] }],
    ['data.patterns', { success: true, data: { patterns: [{ pattern_id: ID }] } }],
    ['patterns', { patterns: [{ id: ID }] }],
  ])('reads %s', (_, body) => {
    expect(readPatterns(body)?.map(({ id }) => id)).toEqual([ID]);
  });

  it('takes what it knows, says null for the rest, and leaves out what has no id', () => {
    const row = {
      pattern_id: ID,
      pattern_name: 'queue.ts',
      language: 'typescript',
      generation: 2,
      lines: 'many',
      created_at: '2025-11-02T08:15:00',
      updated_at: '2025-11-02T09:15:00+01:00',
      deprecated: true,
    };
    expect(readPatterns([row, 5, null, { name: 'no id' }])).toEqual([
      {
        id: ID,
        name: 'queue.ts',
        language: 'typescript',
        filePath: null,
        lines: null,
        generation: 2,
        lineageId: null,
        occurrences: null,
        firstSeenAt: '2025-11-02T08:15:00.000Z',
        lastSeenAt: '2025-11-02T08:15:00.000Z',
        isDeprecated: true,
      },
    ]);
  });

  it('gives undefined for what lists no patterns, and throws for nothing', () => {
    for (const body of [undefined, null, 'x', 5, {}, { data: {} }, { data: { patterns: 'x' } }]) {
      expect(readPatterns(body)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.anything(), (body) => {
        readPatterns(body);
        readRelatives(body, ID, 'ancestry');
      }),
    );
  });
});

describe('readRelatives', () => {
  it('reads ancestors, itself left out, with the steps that the generations tell', () => {
    const ancestors = [
      { ancestor_pattern_id: ID, generation: 3, edge_type: null },
      { ancestor_pattern_id: 'b', generation: 2, edge_type: 'modified_from' },
      { ancestor_pattern_id: 'a', generation: 1, edge_type: 'modified_from' },
    ];
    expect(readRelatives({ success: true, data: { ancestors } }, ID, 'ancestry')).toEqual([
      { id: 'b', generation: 2, edgeType: 'modified_from', depth: 1 },
      { id: 'a', generation: 1, edgeType: 'modified_from', depth: 2 },
    ]);
  });

  it('reads descendants, with the depth where it is told', () => {
    const descendants = [
      { descendant_pattern_id: 'c', edge_type: 'merged_from' },
      { descendant_pattern_id: 'd', edge_type: 'merged_from', depth: 2 },
    ];
    expect(readRelatives({ data: { descendants } }, ID, 'descendants')).toEqual([
      { id: 'c', generation: null, edgeType: 'merged_from', depth: null },
      { id: 'd', generation: null, edgeType: 'merged_from', depth: 2 },
    ]);
  });

  it('gives undefined for the other direction, or no lineage at all', () => {
    expect(readRelatives({ data: { descendants: [] } }, ID, 'ancestry')).toBeUndefined();
    expect(readRelatives({ success: false }, ID, 'ancestry')).toBeUndefined();
  });
});
