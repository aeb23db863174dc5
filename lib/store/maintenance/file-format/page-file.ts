import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readWalFrames } from './wal-frames.ts';
import type { WalFrames } from './wal-frames.ts';

/** What the pointer map of an auto-vacuum database says a page is. */
export const POINTER = { root: 1, free: 2, overflowFirst: 3, overflow: 4, tree: 5 } as const;

/** An entry of the pointer map. */
export interface PointerEntry {
  /** One of `POINTER`; 0 where the map is damaged. */
  readonly kind: number;
  /** The page that points to it. */
  readonly parent: number;
}

/**
 * The pages of a database file, with its WAL laid over them. They are read as they are; no part of the
 * file has to be sound. https://www.sqlite.org/fileformat2.html
 */
export class PageFile {
  readonly pageSize: number;
  /** Bytes of a page that hold content. */
  readonly usable: number;
  readonly pageCount: number;
  /** `user_version` in the header; undefined when the first page is damaged. */
  readonly userVersion: number | undefined;
  /** False for a database that was made without auto-vacuum, which ours never are. */
  readonly #hasPointerMap: boolean;
  readonly #file: number;
  readonly #walFile: number | undefined;
  readonly #wal: WalFrames | undefined;

  /** `withoutWal`: what the file itself holds. */
  constructor(path: string, { withoutWal = false } = {}) {
    this.#wal = withoutWal ? undefined : readWalFrames(`${path}-wal`);
    this.#walFile = this.#wal && openSync(`${path}-wal`, 'r');
    this.#file = openSync(path, 'r');
    const start = this.#wal?.offsets.has(1)
      ? this.#readWal(1, this.#wal)
      : this.#read(this.#file, 0, HEADER_BYTES);
    const isSound = start.subarray(0, 16).equals(MAGIC);
    const { size } = fstatSync(this.#file);
    this.pageSize = this.#wal?.pageSize ?? (isSound ? pageSizeIn(start, size) : DEFAULT_PAGE_SIZE);
    this.usable = this.pageSize; // no program of ours reserves bytes at the end, whatever the header says
    this.userVersion = isSound ? start.readUInt32BE(60) : undefined;
    this.#hasPointerMap = !isSound || start.readUInt32BE(52) !== 0;
    this.pageCount = Math.max(Math.ceil(size / this.pageSize), this.#wal?.pageCount ?? 0);
  }

  /** The content of a page; bytes beyond the end of the file are zeros. */
  page(number: number): Buffer {
    if (this.#wal?.offsets.has(number)) return this.#readWal(number, this.#wal);
    return this.#read(this.#file, (number - 1) * this.pageSize, this.pageSize);
  }

  isPointerMap(number: number): boolean {
    return this.#hasPointerMap && number === this.#mapOf(number);
  }

  /** What the pointer map says about a page; nothing where its entry cannot be one. */
  pointer(number: number): PointerEntry {
    if (!this.#hasPointerMap) return SILENT;
    const map = this.#mapOf(number);
    if (this.#mapNumber !== map) {
      this.#mapNumber = map;
      this.#map = this.page(map);
    }
    const at = 5 * (number - map - 1);
    if (at < 0 || at + 5 > this.#map.length) return SILENT;
    const kind = this.#map[at] ?? 0;
    const parent = this.#map.readUInt32BE(at + 1);
    const hasParent =
      kind === POINTER.overflowFirst || kind === POINTER.overflow || kind === POINTER.tree;
    if (!hasParent) return parent === 0 && kind <= POINTER.free ? { kind, parent } : SILENT;
    return parent >= 1 && parent <= this.pageCount && parent !== number ? { kind, parent } : SILENT;
  }

  close(): void {
    closeSync(this.#file);
    if (this.#walFile !== undefined) closeSync(this.#walFile);
  }

  /** The page of the map that was read last: callers mostly ask for pages in order. */
  #mapNumber = 0;
  #map: Buffer = Buffer.alloc(0);

  /** Page 2 is the first of the map; each map page describes the pages after it, as many as fit. */
  #mapOf(number: number): number {
    if (number < 2) return 0;
    const stride = Math.floor(this.usable / 5) + 1;
    return Math.floor((number - 2) / stride) * stride + 2;
  }

  #readWal(number: number, wal: WalFrames): Buffer {
    return this.#read(this.#walFile ?? this.#file, wal.offsets.get(number) ?? 0, wal.pageSize);
  }

  #read(file: number, position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    try {
      readSync(file, bytes, 0, length, position);
    } catch {
      // the disk cannot read that sector: it counts as zeros
    }
    return bytes;
  }
}

// --- internal ---

/** An entry of a damaged map, which says nothing. */
const SILENT: PointerEntry = { kind: 0, parent: 0 };
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;
const DEFAULT_PAGE_SIZE = 4_096;

/** The size of pages that a header names, unless its number of pages says that they are as large as usual. */
function pageSizeIn(header: Buffer, bytes: number): number {
  const written = header.readUInt16BE(16);
  const pageSize = written === 1 ? 65_536 : written;
  const isPageSize = pageSize >= 512 && (pageSize & (pageSize - 1)) === 0;
  const isUsual = header.readUInt32BE(28) * DEFAULT_PAGE_SIZE === bytes;
  return isPageSize && !isUsual ? pageSize : DEFAULT_PAGE_SIZE;
}
