import type { Lineage, LineageNode } from '../../store/queries/lineage.ts';

/** The pattern that the tree is about. */
export interface TreeSubject {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
}

export interface TreeLine {
  /** The branch that leads to the node: `└─ ` and the like; empty for the root. */
  readonly branch: string;
  readonly node: TreeSubject | LineageNode;
  readonly isSubject: boolean;
}

/**
 * One tree: the nearest line of ancestors from the root down to the pattern, and all that came from
 * it. A further parent of a merge is no part of it.
 */
export function lineageTree(subject: TreeSubject, lineage: Lineage): TreeLine[] {
  const lines: TreeLine[] = [];
  const chain = ancestorChain(subject.id, lineage.ancestors);
  let indent = '';
  for (const node of [...chain, subject]) {
    const isRoot = lines.length === 0;
    lines.push({ branch: isRoot ? '' : `${indent}└─ `, node, isSubject: node === subject });
    if (!isRoot) indent += '   ';
  }
  addChildren(lines, lineage.descendants, subject.id, indent);
  return lines;
}

// --- internal ---

/** From the root down. The nearest parent is the first of its depth that leads to the one before. */
function ancestorChain(id: string, ancestors: readonly LineageNode[]): LineageNode[] {
  const chain: LineageNode[] = [];
  let below = id;
  for (let depth = 1; ; depth++) {
    const parent = ancestors.find((node) => node.depth === depth && node.viaId === below);
    if (!parent) return chain.toReversed();
    chain.push(parent);
    below = parent.id;
  }
}

function addChildren(
  lines: TreeLine[],
  descendants: readonly LineageNode[],
  id: string,
  indent: string,
): void {
  const nodes = descendants.filter(({ viaId }) => viaId === id);
  for (const [index, node] of nodes.entries()) {
    const isLast = index === nodes.length - 1;
    lines.push({ branch: `${indent}${isLast ? '└─ ' : '├─ '}`, node, isSubject: false });
    addChildren(lines, descendants, node.id, `${indent}${isLast ? '   ' : '│  '}`);
  }
}
