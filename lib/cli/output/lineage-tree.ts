import type { Lineage, LineageNode } from '../../store/queries/lineage.ts';

/** The pattern that the tree is about. */
export interface TreeSubject {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
}

/** One line of the tree. */
export interface TreeLine {
  /** The branch that leads to the node: `└─ ` and the like; empty for the root. */
  readonly branch: string;
  readonly node: TreeSubject | LineageNode;
  readonly isSubject: boolean;
}

/**
 * The nearest line of ancestors from the root down to the pattern, and everything that came from it. The
 * other parents of a merge are left out, so that it stays one tree.
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

/** The ancestors from the root down. At each depth it follows the first parent of the node before. */
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
