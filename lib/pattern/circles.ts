/**
 * Groups the nodes of a directed graph into its circles: its strongly connected components. A node on no
 * circle is a group of its own. Each group comes after all groups that it points to. This is Tarjan's
 * algorithm without recursion, because a chain of patterns may be longer than the call stack allows.
 *
 * @param targets gives the nodes that a node points to; all of them have to be among `nodes`
 */
export function circles(
  nodes: Iterable<string>,
  targets: (node: string) => readonly string[],
): string[][] {
  const groups: string[][] = [];
  const visits = new Map<string, Visit>();
  const open: Visit[] = [];
  for (const start of nodes) {
    if (visits.has(start)) continue;
    const path = [enter(start)];
    for (let visit = path.at(-1); visit; visit = path.at(-1)) {
      const target = visit.targets[visit.next++];
      if (target !== undefined) {
        const met = visits.get(target);
        if (!met) path.push(enter(target));
        else if (met.isOpen) visit.lowest = Math.min(visit.lowest, met.index);
        continue;
      }
      path.pop();
      const caller = path.at(-1);
      if (caller) caller.lowest = Math.min(caller.lowest, visit.lowest);
      if (visit.lowest === visit.index) groups.push(close(visit));
    }
  }
  return groups;

  function enter(node: string): Visit {
    const index = visits.size;
    const visit = { node, index, lowest: index, isOpen: true, next: 0, targets: targets(node) };
    visits.set(node, visit);
    open.push(visit);
    return visit;
  }

  function close(root: Visit): string[] {
    const members = open.splice(open.lastIndexOf(root));
    for (const member of members) member.isOpen = false;
    return members.map(({ node }) => node);
  }
}

// --- internal ---

interface Visit {
  readonly node: string;
  readonly index: number;
  /** The smallest index of an open node that was reached from here. */
  lowest: number;
  /** True until the group of the node is known. */
  isOpen: boolean;
  readonly targets: readonly string[];
  next: number;
}
