import { POINTER } from './page-file.ts';
import type { PageFile } from './page-file.ts';
import { readVarint } from './record.ts';

/** An entry with content: a row of a table, or a key of an index. */
export interface Cell {
  /** Undefined in an index. */
  readonly rowid: number | undefined;
  /** The whole record; undefined when a part of it lies on a damaged page. */
  readonly payload: Buffer | undefined;
}

/** A page of a b-tree, as far as it can be read. */
export interface TreePage {
  readonly isTable: boolean;
  /** The pages below it; empty for a leaf. */
  readonly children: readonly number[];
  readonly cells: readonly Cell[];
  /** False when a part of it cannot be read. */
  readonly isSound: boolean;
}

/** Reads a page of a b-tree; undefined when it is another kind of page. */
export function readTreePage(file: PageFile, number: number): TreePage | undefined {
  const page = file.page(number);
  const start = number === 1 ? 100 : 0; // the header of the file comes first
  const kind = page[start];
  if (kind !== 2 && kind !== 5 && kind !== 10 && kind !== 13) return undefined;
  const isTable = kind === 5 || kind === 13;
  const isLeaf = kind >= 10;
  const count = page.readUInt16BE(start + 3);
  const pointers = start + (isLeaf ? 8 : 12);
  if (pointers + 2 * count > file.usable) return undefined;

  const children: number[] = [];
  const cells: Cell[] = [];
  let isSound = true;
  for (let index = 0; index < count; index++) {
    let at = page.readUInt16BE(pointers + 2 * index);
    if (at < pointers + 2 * count || at > file.usable - 4) {
      isSound = false;
      continue;
    }
    if (!isLeaf) {
      children.push(page.readUInt32BE(at));
      at += 4;
      if (isTable) continue; // such a cell holds no row, only a key to search by
    }
    const cell = readCell({ file, page, number, at, isTable });
    if (cell) cells.push(cell);
    if (!cell?.payload) isSound = false;
  }
  if (!isLeaf) children.push(page.readUInt32BE(start + 8));
  return { isTable, children, cells, isSound };
}

/** The pages below a page; empty for a leaf and for a page that is not of a b-tree. */
export function readChildren(file: PageFile, number: number): number[] {
  const page = file.page(number);
  const start = number === 1 ? 100 : 0;
  if (page[start] !== 2 && page[start] !== 5) return [];
  const count = page.readUInt16BE(start + 3);
  if (start + 12 + 2 * count > file.usable) return [];
  const children = [page.readUInt32BE(start + 8)];
  for (let index = 0; index < count; index++) {
    const at = page.readUInt16BE(start + 12 + 2 * index);
    if (at <= file.usable - 4) children.push(page.readUInt32BE(at));
  }
  return children;
}

// --- internal ---

interface CellPlace {
  readonly file: PageFile;
  readonly page: Buffer;
  readonly number: number;
  readonly at: number;
  readonly isTable: boolean;
}

/** No row of ours is longer, so a length beyond it comes from damaged bytes. In bytes. */
const MAX_PAYLOAD = 1_000_000_000;

function readCell({ file, page, number, at, isTable }: CellPlace): Cell | undefined {
  const length = readVarint(page, at);
  if (!length || length.value > MAX_PAYLOAD) return undefined;
  const rowid = isTable ? readVarint(page, length.next) : undefined;
  if (isTable && !rowid) return undefined;
  const body = rowid?.next ?? length.next;
  const local = localBytes(file.usable, length.value, isTable);
  if (body + local > file.usable) return undefined;
  const start = page.subarray(body, body + local);
  if (local === length.value) return { rowid: rowid?.value, payload: Buffer.from(start) };
  if (body + local + 4 > file.usable) return undefined;
  const payload = withOverflow(file, {
    start,
    length: length.value,
    first: page.readUInt32BE(body + local),
    number,
  });
  return { rowid: rowid?.value, payload };
}

/** How many bytes of a payload lie on the page itself; the file format gives the formula. */
function localBytes(usable: number, length: number, isTable: boolean): number {
  const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (length <= most) return length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

interface Overflow {
  readonly start: Buffer;
  readonly length: number;
  readonly first: number;
  readonly number: number;
}

function withOverflow(
  file: PageFile,
  { start, length, first, number }: Overflow,
): Buffer | undefined {
  const parts = [start];
  let missing = length - start.length;
  let next = first;
  let from = number;
  while (missing > 0) {
    if (next < 2 || next > file.pageCount || !belongs(file, next, from)) return undefined;
    const page = file.page(next);
    const part = page.subarray(4, Math.min(file.usable, 4 + missing));
    // Overflow pages hold text, so one full of zeros was wiped, which SQLite would not notice.
    if (part.every((byte) => byte === 0)) return undefined;
    parts.push(part);
    missing -= part.length;
    from = next;
    next = page.readUInt32BE(0);
  }
  return next === 0 ? Buffer.concat(parts, length) : undefined;
}

/** False when the pointer map says that the page is something else. */
function belongs(file: PageFile, number: number, from: number): boolean {
  const { kind, parent } = file.pointer(number);
  if (kind === 0) return true; // a damaged map says nothing
  return (kind === POINTER.overflowFirst || kind === POINTER.overflow) && parent === from;
}
