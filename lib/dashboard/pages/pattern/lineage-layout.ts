import type { Lineage, LineageNode } from '../../../store/queries/lineage.ts';

/** A pattern in the graph. Places are those of its box, in pixels. */
export interface PlacedNode {
  readonly id: string;
  /** Null for one that is not stored. */
  readonly name: string | null;
  readonly generation: number | null;
  readonly edgeType: LineageNode['edgeType'] | null;
  readonly x: number;
  readonly y: number;
  readonly isSubject: boolean;
  /** The next node on the way to the pattern that the graph is about; null for that one. */
  readonly viaId: string | null;
}

/** A line from a parent to a child. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

/** What there is no room for, at the foot of its column. */
export interface PlacedRest {
  readonly count: number;
  readonly x: number;
  readonly y: number;
}

/** A lineage as a graph: parents on the left, children on the right. */
export interface LineageGraph {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly rests: readonly PlacedRest[];
  readonly width: number;
  readonly height: number;
}

export const BOX = { width: 192, height: 48 } as const;

/** Places the patterns of a lineage. In a column stand those that are as many steps away. */
export function lineageGraph(
  subject: { readonly id: string; readonly name: string; readonly generation: number },
  { ancestors, descendants }: Lineage,
): LineageGraph {
  const before = columnsOf(ancestors).toReversed();
  const after = columnsOf(descendants);
  const own: Column = { shown: [{ ...subject, viaId: null, edgeType: null }], rest: 0 };
  const columns = [...before, own, ...after];
  const rowsOf = ({ shown, rest }: Column) => shown.length + (rest > 0 ? 1 : 0);
  const rows = Math.max(...columns.map(rowsOf));
  const height = rows * (BOX.height + GAP_Y) - GAP_Y + 2 * MARGIN;
  const nodes: PlacedNode[] = [];
  const rests: PlacedRest[] = [];
  for (const [at, column] of columns.entries()) {
    const x = MARGIN + at * (BOX.width + GAP_X);
    const top = MARGIN + ((rows - rowsOf(column)) * (BOX.height + GAP_Y)) / 2;
    const y = (row: number) => top + row * (BOX.height + GAP_Y);
    for (const [row, node] of column.shown.entries()) {
      nodes.push({ ...node, x, y: y(row), isSubject: node.viaId === null });
    }
    if (column.rest > 0) rests.push({ count: column.rest, x, y: y(column.shown.length) });
  }
  const placed = new Map(nodes.map((node) => [node.id, node]));
  const edges = nodes.flatMap((node): PlacedEdge[] => {
    const via = node.viaId === null ? undefined : placed.get(node.viaId);
    if (!via) return [];
    const [left, right] = node.x < via.x ? [node, via] : [via, node];
    return [{ from: left.id, to: right.id, path: curve(left, right) }];
  });
  const width = columns.length * (BOX.width + GAP_X) - GAP_X + 2 * MARGIN;
  return { nodes, edges, rests, width, height };
}

/** The node that an arrow key leads to from another one. */
export function neighbour(
  nodes: readonly PlacedNode[],
  id: string,
  key: string,
): PlacedNode | undefined {
  const here = nodes.find((node) => node.id === id);
  if (!here) return undefined;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const column = nodes.filter(({ x }) => x === here.x);
    return column[column.indexOf(here) + (key === 'ArrowUp' ? -1 : 1)];
  }
  const side = key === 'ArrowLeft' ? -1 : 1;
  const linked = nodes.filter(
    (node) => Math.sign(node.x - here.x) === side && (node.viaId === id || here.viaId === node.id),
  );
  return linked.toSorted((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0];
}

// --- internal ---

const GAP_X = 48;
const GAP_Y = 12;
const MARGIN = 8;
/** More patterns of one column are counted, not drawn. */
const MOST_IN_COLUMN = 8;

type Placeless = Omit<PlacedNode, 'x' | 'y' | 'isSubject'>;

interface Column {
  readonly shown: readonly Placeless[];
  readonly rest: number;
}

/** The columns from the nearest on. What only a node without room leads to has none either. */
function columnsOf(nodes: readonly LineageNode[]): Column[] {
  const columns: Column[] = [];
  const left = new Set<string>();
  const deepest = Math.max(0, ...nodes.map(({ depth }) => depth));
  for (let depth = 1; depth <= deepest; depth += 1) {
    const all = nodes.filter((node) => node.depth === depth);
    const linked = all.filter(({ viaId }) => !left.has(viaId));
    const shown = linked.slice(0, MOST_IN_COLUMN);
    const isShown = new Set(shown.map(({ id }) => id));
    for (const { id } of all) if (!isShown.has(id)) left.add(id);
    if (all.length > 0) columns.push({ shown, rest: all.length - shown.length });
  }
  return columns;
}

function curve(left: PlacedNode, right: PlacedNode): string {
  const [x1, y1] = [left.x + BOX.width, left.y + BOX.height / 2];
  const [x2, y2] = [right.x, right.y + BOX.height / 2];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
