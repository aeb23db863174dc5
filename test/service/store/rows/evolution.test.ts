import { describe, expect, it } from 'vitest';
import { evolutionFrom, evolutionNeeds } from '../../../../lib/service/store/rows/evolution.ts';
import type {
  EdgeRow,
  EvolutionNode,
  VersionRow,
} from '../../../../lib/service/store/rows/evolution.ts';
import type { Relative } from '../../../../lib/service/store/rows/relatives.ts';

const LIMITS = { depth: 20, rows: 3 };

function first(patternId: string, generation = 1): EvolutionNode {
  const names = { name: patternId, patternType: 'code', lineageId: 'a' };
  return { patternId, version: '1', generation, createdAt: generation, ...names };
}

function version(patternId: string, own: string, fromVersion: string | null = null): VersionRow {
  const { lineageId: _, ...node } = first(patternId, 5);
  return {
    ...node,
    version: own,
    fromVersion,
    edgeType: 'modified_from',
    transformationType: null,
  };
}

function edge(childId: string, parentId: string): EdgeRow {
  return { childId, parentId, edgeType: 'derived_from', transformationType: null, createdAt: 1 };
}

function walked(...ids: string[]) {
  const relatives = ids.map((id): Relative => {
    return { ...first(id), edgeType: 'derived_from', transformationType: null, depth: 1 };
  });
  return { relatives, isCut: false };
}

function joined(rows: Partial<Parameters<typeof evolutionFrom>[1]>, ids = ['b']) {
  const needs = evolutionNeeds('a', walked(), walked(...ids), LIMITS);
  const { nodes, edges, isCut } = evolutionFrom(
    needs,
    { firsts: [first('a'), first('b', 2)], versions: [], edges: [], ...rows },
    LIMITS,
  );
  return {
    nodes: nodes.map((node) => `${node.patternId}@${node.version}`),
    edges: edges.map(
      ({ source, target }) =>
        `${source.patternId}@${source.version} > ${target.patternId}@${target.version}`,
    ),
    isCut,
  };
}

describe('evolutionNeeds', () => {
  it('asks for each pattern once, nearest first, and is cut where there are more', () => {
    expect(evolutionNeeds('a', walked('b'), walked('b'), LIMITS)).toMatchObject({
      ids: ['a', 'b'],
      isCut: false,
    });
    expect(evolutionNeeds('a', walked('b', 'c'), walked('d'), LIMITS)).toMatchObject({
      ids: ['a', 'b', 'c'],
      isCut: true,
    });
  });
});

describe('evolutionFrom', () => {
  it('connects a version with the one it came from, and patterns by their first versions', () => {
    const rows = {
      firsts: [first('a')],
      versions: [version('a', '2'), version('a', '3', '2')],
      edges: [edge('a', 'a')],
    };
    expect(joined(rows)).toEqual({
      nodes: ['a@1', 'a@2', 'a@3'],
      edges: ['a@1 > a@2', 'a@2 > a@3', 'a@1 > a@1'],
      isCut: false,
    });
  });

  it('leaves out later versions before patterns, and says so', () => {
    const versions = [version('a', '2'), version('a', '3', '2')];
    expect(joined({ versions })).toEqual({
      nodes: ['a@1', 'b@1', 'a@2'],
      edges: ['a@1 > a@2'],
      isCut: true,
    });
  });

  it('drops versions and edges of patterns that are gone', () => {
    expect(
      joined({ versions: [version('x', '2')], edges: [edge('b', 'x'), edge('b', 'a')] }),
    ).toEqual({ nodes: ['a@1', 'b@1'], edges: ['a@1 > b@1'], isCut: false });
  });
});
