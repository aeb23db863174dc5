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
      if (file.isPointerMap(child) || !isChild(file, child, parent)) continue;
      owners[child] = root;
      open.push(child);
    }
  }
}

/**
 * True unless a damaged page names a child that is none. The map is not believed alone: it speaks against the
 * tree only where the parent that it names leads to that page too.
 */
function isChild(file: PageFile, child: number, parent: number): boolean {
  const { kind, parent: other } = file.pointer(child);
  const isInTree = kind === POINTER.tree;
  if (isInTree && other === parent) return true;
  const [own, above] = [kindOf(file, child), kindOf(file, parent)];
  if (own === undefined) return kind === 0; // damaged itself, so that only a map could say whose it is
  if (own !== above) return false;
  return !(isInTree && readChildren(file, other).includes(child));
}

function climb(file: PageFile, page: number, owners: Uint32Array): void {
  const path: number[] = [];
  let at = page;
  while (owners[at] === 0 && path.length < MAX_DEPTH) {
    const { kind, parent } = file.pointer(at);
    if (kind !== POINTER.tree || file.isPointerMap(at) || isLeaf(file, parent)) return;
    path.push(at);
    at = parent;
  }
  const owner = owners[at] ?? 0;
  for (const child of path) owners[child] = owner;
}

/** True for a page that has none below it, so that a map which says otherwise is damaged. */
function isLeaf(file: PageFile, number: number): boolean {
  const kind = file.page(number)[number === 1 ? 100 : 0];
  return kind === 10 || kind === 13;
}

/** What a page of a b-tree belongs to; undefined for every other page. */
function kindOf(file: PageFile, number: number): 'table' | 'index' | undefined {
  const kind = file.page(number)[number === 1 ? 100 : 0];
  if (kind === 5 || kind === 13) return 'table';
  return kind === 2 || kind === 10 ? 'index' : undefined;
}
