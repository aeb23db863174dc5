import type { Author } from '../author.ts';
import { pushNumber } from './byte-reader.ts';
import type { ByteReader } from './byte-reader.ts';

/** Numbers for authors, whose names are long: 0 is nobody, the others begin at 1. */
export class AuthorNames {
  readonly #numbers = new Map<Author, number>([[null, 0]]);

  /** How many numbers there are, nobody's included. */
  get size(): number {
    return this.#numbers.size;
  }

  /** An author's number; one that is new gets the next. */
  number(author: Author): number {
    let number = this.#numbers.get(author);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(author, number);
    }
    return number;
  }

  /** Appends all names. The id of an event is 32 hex digits, which are 16 bytes; another name is written as text. */
  push(bytes: number[]): void {
    pushNumber(bytes, this.#numbers.size - 1);
    let before: string | undefined;
    for (const author of this.#numbers.keys()) {
      if (author === null) continue;
      const [, event, ordinal] = INGESTED.exec(author) ?? [];
      if (event === undefined) {
        const text = Buffer.from(author);
        pushNumber(bytes, text.length * KINDS + TEXT);
        for (const byte of text) bytes.push(byte);
        continue;
      }
      const isSame = event === before;
      pushNumber(bytes, Number(ordinal) * KINDS + (isSame ? SAME_EVENT : NEW_EVENT));
      if (!isSame) for (const byte of Buffer.from(event, 'hex')) bytes.push(byte);
      before = event;
    }
  }
}

/** Reads what {@link AuthorNames.push} wrote: the authors by their numbers. */
export function readAuthors(reader: ByteReader): Author[] {
  const authors: Author[] = [null];
  let event = '';
  for (let left = reader.number(); left > 0 && !reader.isBeyond; left -= 1) {
    const head = reader.number();
    const [kind, number] = [head % KINDS, Math.floor(head / KINDS)];
    if (kind === TEXT) {
      authors.push(reader.take(number).toString());
      continue;
    }
    if (kind === NEW_EVENT) event = reader.take(EVENT_BYTES).toString('hex');
    authors.push(`${event}-${number}`);
  }
  return authors;
}

// --- internal ---

/** An occurrence of an event that ingest has named. */
const INGESTED = /^([0-9a-f]{32})-(0|[1-9]\d{0,5})$/;
const EVENT_BYTES = 16;

/** How a name is written; a number with it is its ordinal, or the length of its text. */
const KINDS = 3;
const SAME_EVENT = 0;
const NEW_EVENT = 1;
const TEXT = 2;
