import { POINTER } from './page-file.ts';
import type { PageFile } from './page-file.ts';
import { readVarint } from './record.ts';

/** An entry with content: a row of a table, or a key of an index. */
export interface Cell {
  /** Undefined in an index. */
  readonly rowid: number | undefined;
  /** The record, up to the first damaged page on which a part of it lies. */
  readonly payload: Buffer;
  readonly isWhole: boolean;
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
    if (!cell?.isWhole) isSound = false;
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
  const start = readStart({ file, page, at, isTable });
  if (!start) return undefined;
  const { rowid, length, local, first } = start;
  if (first === undefined) return { rowid, payload: Buffer.from(local), isWhole: true };
  return { rowid, ...withOverflow(file, { start: local, length, first, number }) };
}

/** What of a cell lies on the page itself. */
interface CellStart {
  readonly rowid: number | undefined;
  /** Of the whole payload, in bytes. */
  readonly length: number;
  /** The part of the payload that is here. */
  readonly local: Buffer;
  /** The page on which it goes on; undefined when it is all here. */
  readonly first: number | undefined;
}

function readStart({ file, page, at, isTable }: Omit<CellPlace, 'number'>): CellStart | undefined {
  const length = readVarint(page, at);
  if (!length || length.value > MAX_PAYLOAD) return undefined;
  const rowid = isTable ? readVarint(page, length.next) : undefined;
  if (isTable && !rowid) return undefined;
  const body = rowid?.next ?? length.next;
  const here = localBytes(file.usable, length.value, isTable);
  if (body + here > file.usable) return undefined;
  const start = {
    rowid: rowid?.value,
    length: length.value,
    local: page.subarray(body, body + here),
  };
  if (here === length.value) return { ...start, first: undefined };
  if (body + here + 4 > file.usable) return undefined;
  return { ...start, first: page.readUInt32BE(body + here) };
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
): Pick<Cell, 'payload' | 'isWhole'> {
  const parts = [start];
  let missing = length - start.length;
  let next = first;
  let from = number;
  while (missing > 0) {
    if (next < 2 || next > file.pageCount || isElsewhere(file, next, from)) break;
    const page = file.page(next);
    const part = page.subarray(4, Math.min(file.usable, 4 + missing));
    // Overflow pages hold text, so one full of zeros was wiped, which SQLite would not notice.
    if (part.every((byte) => byte === 0)) break;
    parts.push(part);
    missing -= part.length;
    from = next;
    next = page.readUInt32BE(0);
  }
  return { payload: Buffer.concat(parts), isWhole: missing === 0 && next === 0 };
}

/**
 * True when the pointer map says that another page leads to an overflow page, and that page really does. A map
 * that says what its pages do not is damaged, and says nothing.
 */
function isElsewhere(file: PageFile, number: number, from: number): boolean {
  const { kind, parent } = file.pointer(number);
  if (parent === from) return false;
  switch (kind) {
    case POINTER.overflow:
      return file.page(parent).readUInt32BE(0) === number;
    case POINTER.overflowFirst:
      return overflowOf(file, parent).includes(number);
    case POINTER.tree:
      return readChildren(file, parent).includes(number);
    default:
      return false; // a free page is all zeros, and no row ends in a root
  }
}

/** The first overflow page of each cell of a page that has one. */
function overflowOf(file: PageFile, number: number): number[] {
  const page = file.page(number);
  const start = number === 1 ? 100 : 0;
  const kind = page[start];
  if (kind !== 2 && kind !== 10 && kind !== 13) return []; // an inner page of a table holds no rows
  const pointers = start + (kind === 2 ? 12 : 8);
  const count = page.readUInt16BE(start + 3);
  const found: number[] = [];
  for (let index = 0; index < count && pointers + 2 * index + 2 <= file.usable; index++) {
    const at = page.readUInt16BE(pointers + 2 * index) + (kind === 2 ? 4 : 0);
    const first = readStart({ file, page, at, isTable: kind === 13 })?.first;
    if (first !== undefined) found.push(first);
  }
  return found;
}
