import { lstatSync, opendirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { sep } from 'node:path';
import { DROP_MARK } from '../../capture/drop-count.ts';
import type { SpoolFile } from './spool-reader.ts';

/** The most files that one sweep looks at, which bounds its memory. */
const SWEEP_FILES = 250_000;
/**
 * Names that are joined into one string. A name then takes 36 bytes instead of 56, and the garbage
 * collector has few objects to visit.
 */
const NAMES_A_TEXT = 512;

/** How many entries that are no events one sweep names, of each kind. */
const ODD_NAMES = 1_000;

/** The files that wait in the spool, oldest first. Kept in columns, because there may be 250,000. */
export class SpoolListing {
  readonly #folder: string;
  readonly #names = new Names();
  readonly #times: Float64Array;
  readonly #sizes: Float64Array;
  readonly #order: Uint32Array;
  readonly #odd: string[] = [];
  readonly #drops: string[] = [];
  #unseen = 0;

  /**
   * Passes over names for which `isHeld` is true. `onMany` is called after every `many` files, for work that need not
   * wait until all are listed.
   *
   * @throws the system's error when the folder cannot be read
   */
  constructor(
    folder: string,
    {
      many = Infinity,
      onMany = () => {},
      isHeld = () => false,
    }: {
      readonly many?: number;
      readonly onMany?: () => void;
      readonly isHeld?: (name: string) => boolean;
    } = {},
  ) {
    this.#folder = folder;
    let times = new Float64Array(NAMES_A_TEXT);
    let sizes = new Float64Array(NAMES_A_TEXT);
    const directory = opendirSync(folder, { bufferSize: 256 });
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
        const index = this.#names.length;
        if (index >= SWEEP_FILES) break;
        if (isHeld(entry.name)) continue;
        const stats = statsOf(`${folder}${sep}${entry.name}`);
        if (stats === 'unseen') this.#unseen += 1;
        if (!stats || stats === 'unseen') continue;
        if (!stats.isFile()) {
          if (this.#odd.length < ODD_NAMES) this.#odd.push(entry.name);
          continue;
        }
        if (stats.size === 0 && entry.name.endsWith(DROP_MARK)) {
          if (this.#drops.length < ODD_NAMES) this.#drops.push(entry.name);
          continue;
        }
        if (index === times.length) {
          times = doubled(times);
          sizes = doubled(sizes);
        }
        this.#names.add(entry.name);
        times[index] = stats.mtimeMs;
        sizes[index] = stats.size;
        if (index > 0 && index % many === 0) onMany();
      }
    } finally {
      directory.closeSync();
    }
    this.#times = times;
    this.#sizes = sizes;
    this.#order = new Uint32Array(this.#names.length)
      .map((_, index) => index)
      .sort(
        (a, b) => this.#time(a) - this.#time(b) || (this.#names.at(a) < this.#names.at(b) ? -1 : 1),
      );
  }

  /** The number of files. */
  get length(): number {
    return this.#order.length;
  }

  /** How many entries there are of which the system did not tell what they are; they wait, too. */
  get unseen(): number {
    return this.#unseen;
  }

  /** The names of links, folders, FIFOs, sockets and devices, which capture never makes. */
  get odd(): readonly string[] {
    return this.#odd;
  }

  /** The names of empty files that each stand for a dropped event; they are not among the files. */
  get drops(): readonly string[] {
    return this.#drops;
  }

  /** The files in batches of at most `maxFiles` files and about `maxBytes` bytes, in order. */
  *batches(maxFiles: number, maxBytes: number): Generator<SpoolFile[]> {
    let batch: SpoolFile[] = [];
    let bytes = 0;
    for (const index of this.#order) {
      const file = this.#file(index);
      if (batch.length > 0 && (batch.length >= maxFiles || bytes + file.size > maxBytes)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(file);
      bytes += file.size;
    }
    if (batch.length > 0) yield batch;
  }

  #file(index: number): SpoolFile {
    const name = this.#names.at(index);
    const path = `${this.#folder}${sep}${name}`;
    return { name, path, size: this.#sizes[index] ?? 0, writtenAt: this.#time(index) };
  }

  #time(index: number): number {
    return this.#times[index] ?? 0;
  }
}

// --- internal ---

/** Undefined for a file that is gone. One odd entry must not hold up the others. */
function statsOf(path: string): Stats | 'unseen' | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return 'unseen';
  }
}

/** A list of names, stored in a few long strings. */
class Names {
  readonly #texts: string[] = [];
  /** Where each name ends in its string. */
  #ends = new Uint32Array(NAMES_A_TEXT);
  #last: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(name: string): void {
    if (this.#length === this.#ends.length) this.#ends = doubled(this.#ends);
    const isFirst = this.#last.length === 0;
    const start = isFirst ? 0 : (this.#ends[this.#length - 1] ?? 0);
    this.#ends[this.#length] = start + name.length;
    this.#length += 1;
    this.#last.push(name);
    if (this.#last.length < NAMES_A_TEXT) return;
    this.#texts.push(this.#last.join(''));
    this.#last = [];
  }

  at(index: number): string {
    const place = index % NAMES_A_TEXT;
    const text = this.#texts[(index - place) / NAMES_A_TEXT];
    if (text === undefined) return this.#last[place] ?? '';
    return text.slice(place === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }
}

function doubled<T extends Float64Array | Uint32Array>(array: T): T {
  const twice = new (array.constructor as new (length: number) => T)(2 * array.length);
  twice.set(array);
  return twice;
}
