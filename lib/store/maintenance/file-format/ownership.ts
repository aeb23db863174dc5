import { POINTER } from './page-file.ts';
import type { PageFile } from './page-file.ts';
import { readChildren } from './tree-page.ts';

/**
 * Which b-tree each page belongs to: at the index of a page stands the number of its root page, or 0
 * where it belongs to none or that cannot be told. Pages are found from above, through the pages that
 * point to them; below a damaged page they are found from the pointer map.
 */
export function pageOwners(file: PageFile, roots: Iterable<number>): Uint32Array {
  const owners = new Uint32Array(file.pageCount + 1);
  for (const root of roots) owners[root] = root;
  for (const root of roots) descend(file, root, owners);
  for (let page = 2; page <= file.pageCount; page++) climb(file, page, owners);
  return owners;
}

// --- internal ---

/** No b-tree is deeper, not even in the largest file that SQLite can make. */
const MAX_DEPTH = 40;

function descend(file: PageFile, root: number, owners: Uint32Array): void {
  const open = [root];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const child of readChildren(file, parent)) {
      if (child < 2 || child > file.pageCount || owners[child] !== 0) continue;
      const pointer = file.pointer(child);
      const isOther = pointer.kind !== POINTER.tree || pointer.parent !== parent;
      if (file.isPointerMap(child) || (pointer.kind !== 0 && isOther)) continue;
      owners[child] = root;
      open.push(child);
    }
  }
}

function climb(file: PageFile, page: number, owners: Uint32Array): void {
  const path: number[] = [];
  let at = page;
  while (owners[at] === 0 && path.length < MAX_DEPTH) {
    const { kind, parent } = file.pointer(at);
    if (kind !== POINTER.tree || file.isPointerMap(at)) return;
    if (parent < 1 || parent > file.pageCount) return;
    path.push(at);
    at = parent;
  }
  const owner = owners[at] ?? 0;
  for (const child of path) owners[child] = owner;
}
