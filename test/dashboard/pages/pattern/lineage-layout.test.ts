import { describe, expect, it } from 'vitest';
import {
  BOX,
  lineageGraph,
  neighbour,
} from '../../../../lib/dashboard/pages/pattern/lineage-layout.ts';
import type { LineageNode } from '../../../../lib/store/queries/lineage.ts';

const subject = { id: 's', name: 's.ts', generation: 3 };

function node(id: string, viaId: string, depth: number): LineageNode {
  return {
    id,
    viaId,
    depth,
    name: `${id}.ts`,
    version: null,
    language: 'typescript',
    generation: 1,
    lineageId: 'a',
    lastSeenAt: 1,
    edgeType: 'modified_from',
    transformationType: null,
    edgeCreatedAt: 1,
  };
}

const graphOf = (ancestors: LineageNode[], descendants: LineageNode[]) =>
  lineageGraph(subject, { ancestors, descendants, isCut: false });

describe('lineageGraph', () => {
  it('has parents on the left and children on the right, each by its steps', () => {
    const { nodes, edges } = graphOf(
      [node('p', 's', 1), node('g', 'p', 2)],
      [node('c', 's', 1), node('d', 's', 1), node('e', 'd', 2)],
    );
    const at = (id: string) => nodes.find((one) => one.id === id)?.x ?? NaN;
    expect([at('g') < at('p'), at('p') < at('s'), at('s') < at('c'), at('c')]).toEqual([
      true,
      true,
      true,
      at('d'),
    ]);
    expect(edges.map(({ from, to }) => `${from}>${to}`).toSorted()).toEqual([
      'd>e',
      'g>p',
      'p>s',
      's>c',
      's>d',
    ]);
  });

  it('lays no box over another, and keeps all within its size', () => {
    const children = Array.from({ length: 30 }, (_, at) => node(`c${at}`, 's', 1));
    const { nodes, rests, width, height } = graphOf([], children);
    expect(nodes.length).toBe(9);
    expect(rests).toMatchObject([{ count: 22 }]);
    for (const one of nodes) {
      expect(
        one.x >= 0 && one.x + BOX.width <= width && one.y >= 0 && one.y + BOX.height <= height,
      ).toBe(true);
      const over = nodes.filter(
        (other) => other !== one && other.x === one.x && Math.abs(other.y - one.y) < BOX.height,
      );
      expect(over).toEqual([]);
    }
  });

  it('draws nothing that only a pattern without room leads to', () => {
    const children = Array.from({ length: 9 }, (_, at) => node(`c${at}`, 's', 1));
    const { nodes, edges, rests } = graphOf(
      [],
      [...children, node('x', 'c8', 2), node('y', 'c0', 2)],
    );
    expect(nodes.map(({ id }) => id)).not.toContain('x');
    expect(
      edges.every(
        ({ from, to }) => nodes.some(({ id }) => id === from) && nodes.some(({ id }) => id === to),
      ),
    ).toBe(true);
    expect(rests.map(({ count }) => count)).toEqual([1, 1]);
  });
});

describe('neighbour', () => {
  const { nodes } = graphOf([node('p', 's', 1)], [node('c', 's', 1), node('d', 's', 1)]);

  it.each([
    ['s', 'ArrowLeft', 'p'],
    ['p', 'ArrowRight', 's'],
    ['c', 'ArrowDown', 'd'],
    ['d', 'ArrowUp', 'c'],
    ['d', 'ArrowLeft', 's'],
    ['p', 'ArrowLeft', undefined],
    ['c', 'ArrowUp', undefined],
    ['nobody', 'ArrowUp', undefined],
  ])('leads from %s by %s to %s', (id, key, to) => {
    expect(neighbour(nodes, id, key)?.id).toBe(to);
  });
});
