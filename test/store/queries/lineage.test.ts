import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineageOf, walkLineage } from '../../../lib/store/queries/lineage.ts';
import type { LineageNode } from '../../../lib/store/queries/lineage.ts';
import { NOW, Sample } from '../../cli/sample-database.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

function idsOf(id: string, limits?: { depth: number; nodes: number }) {
  const { ancestors, descendants, isCut } = lineageOf(sample.database, id, limits);
  const text = (nodes: typeof ancestors) =>
    nodes.map((node) => `${node.depth} ${node.id}<${node.viaId}`);
  return { up: text(ancestors), down: text(descendants), isCut };
}

describe('lineageOf', () => {
  it('has neither for a pattern on its own, or one it does not know', () => {
    sample.pattern('a', 'a');
    for (const id of ['a', 'unknown']) {
      expect(idsOf(id)).toEqual({ up: [], down: [], isCut: false });
    }
  });

  it('goes all the way up and down, nearest first', () => {
    sample.edge('c', 'b');
    sample.edge('b', 'a');
    sample.edge('d', 'c');
    sample.edge('e', 'c', { created_at: NOW });
    expect(idsOf('b')).toEqual({
      up: ['1 a<b'],
      down: ['1 c<b', '2 d<c', '2 e<c'],
      isCut: false,
    });
  });

  it('has both parents of a merge, and each node once', () => {
    sample.edge('m', 'left', { edge_type: 'merged_from' });
    sample.edge('m', 'right', { edge_type: 'merged_from' });
    sample.edge('left', 'root');
    sample.edge('right', 'root');
    expect(idsOf('m').up).toEqual(['1 left<m', '1 right<m', '2 root<left']);
    expect(lineageOf(sample.database, 'm').ancestors[0]?.edgeType).toBe('merged_from');
  });

  it('ends in a circle, and where a pattern is its own parent', () => {
    sample.edge('b', 'a');
    sample.edge('a', 'b');
    sample.edge('a', 'a');
    expect(idsOf('a')).toEqual({ up: ['1 b<a'], down: ['1 b<a'], isCut: false });
  });

  it('stops at its limits and says so', () => {
    for (let index = 0; index < 10; index++) sample.edge(`n${index + 1}`, `n${index}`);
    expect(idsOf('n0', { depth: 10, nodes: 100 })).toMatchObject({ isCut: false });
    expect(idsOf('n0', { depth: 3, nodes: 100 })).toMatchObject({
      down: ['1 n1<n0', '2 n2<n1', '3 n3<n2'],
      isCut: true,
    });
    expect(idsOf('n0', { depth: 10, nodes: 2 })).toMatchObject({
      down: ['1 n1<n0', '2 n2<n1'],
      isCut: true,
    });
  });
});

describe('walkLineage', () => {
  it('leaves out what is not shown, and what is only reached by it', () => {
    for (const id of ['a', 'c', 'd']) sample.pattern(id, id);
    sample.edge('b', 'a'); // b is not stored
    sample.edge('c', 'b');
    sample.edge('d', 'a');
    const limits = { depth: 9, nodes: 1 };
    const isStored = (node: LineageNode): node is LineageNode => node.name !== null;
    const ids = (walk: ReturnType<typeof walkLineage>) => walk.nodes.map(({ id }) => id);
    const all = walkLineage(sample.database, 'a', 'descendants', { ...limits, nodes: 9 });
    expect(ids(all)).toEqual(['b', 'd', 'c']);
    const stored = walkLineage(sample.database, 'a', 'descendants', limits, isStored);
    expect(ids(stored)).toEqual(['d']);
    expect(stored.isCut).toBe(false);
  });
});
