import { FormsByStart } from './forms-by-start.ts';
import type { FoundSecret } from './rule.ts';
import { isGibberish } from './value/word-shape.ts';

/** Secrets that were found once, which are secrets wherever else they stand. They are kept in memory only. */
export class KnownValues {
  readonly #kinds = new Map<string, string>();
  readonly #byStart = new Map<string, FormsByStart>();
  /** Values whose forms nobody has asked for yet: a text may hold more secrets than are remembered. */
  readonly #pending = new Map<string, string>();
  #starts: Uint8Array | undefined;

  get size(): number {
    this.#settle();
    return this.#kinds.size;
  }

  /** Remembers a value and its encodings, if it is long and says nothing else. */
  add(value: string, kind: string): void {
    if (this.#kinds.has(value) || this.#pending.has(value)) return;
    this.#pending.set(value, kind);
    if (this.#pending.size > MOST_PENDING) {
      this.#pending.delete(this.#pending.keys().next().value ?? '');
    }
  }

  #settle(): void {
    if (this.#pending.size === 0) return;
    for (const [value, kind] of this.#pending) {
      if (this.#kinds.has(value) || !isSpecific(value)) continue;
      for (const form of formsOf(value)) {
        if (form.length < SHORTEST || this.#kinds.has(form)) continue;
        this.#kinds.set(form, kind);
        this.#index(form);
      }
    }
    this.#pending.clear();
    if (this.#kinds.size > MOST_FORMS) this.#dropOldest();
  }

  #index(form: string): void {
    const start = form.slice(0, SHORTEST);
    let forms = this.#byStart.get(start);
    if (forms === undefined) this.#byStart.set(start, (forms = new FormsByStart()));
    forms.add(form);
    this.#starts ??= new Uint8Array(2 ** 16);
    this.#starts[hashOf(form)] = 1;
  }

  /** Forgets the older half, so that a session with many secrets still knows those of its last events. */
  #dropOldest(): void {
    const oldest = [...this.#kinds.keys()].slice(0, this.size >> 1);
    for (const form of oldest) this.#kinds.delete(form);
    this.#byStart.clear();
    this.#starts = undefined;
    for (const form of this.#kinds.keys()) this.#index(form);
  }

  /** The places in a text where a remembered value stands. */
  findIn(text: string): FoundSecret[] {
    this.#settle();
    const found: FoundSecret[] = [];
    const starts = this.#starts;
    if (starts === undefined || text.length < SHORTEST) return found;
    let hash = 0;
    for (let i = 0; i < text.length; i += 1) {
      hash = ((hash << 4) ^ text.charCodeAt(i)) & 0xffff;
      if (starts[hash] !== 1 || i < HASHED - 1) continue;
      const at = i - HASHED + 1;
      const longest = this.#byStart.get(text.slice(at, at + SHORTEST))?.longestAt(text, at);
      if (longest === undefined) continue;
      found.push({ start: at, end: at + longest.length, kind: this.#kinds.get(longest) ?? '' });
      // The last units of a value may begin the next one.
      i = Math.max(i, at + longest.length - HASHED);
    }
    return found;
  }
}

/** The known values of the last sessions. */
export class SessionValues {
  readonly #sessions = new Map<string, KnownValues>();

  /** What is known in a session; a session that was not seen for long begins anew. */
  of(session: string): KnownValues {
    const known = this.#sessions.get(session) ?? new KnownValues();
    this.#sessions.delete(session);
    this.#sessions.set(session, known);
    if (this.#sessions.size > MOST_SESSIONS) {
      this.#sessions.delete(this.#sessions.keys().next().value ?? '');
    }
    return known;
  }
}

// --- internal ---

/** Of some 500 values; some hundred kilobytes a session at most. */
const MOST_FORMS = 4_000;
const MOST_PENDING = 400;
const MOST_SESSIONS = 32;
const SHORTEST = 8;
const LONGEST = 1_024;
/** Four units fill the 16 bits of the hash. */
const HASHED = 4;

function hashOf(form: string): number {
  let hash = 0;
  for (let i = 0; i < HASHED; i += 1) hash = ((hash << 4) ^ form.charCodeAt(i)) & 0xffff;
  return hash;
}

/** True for a value that is not likely to stand somewhere by chance. */
function isSpecific(value: string): boolean {
  if (value.length < SHORTEST || value.length > LONGEST || value.includes('[redacted'))
    return false;
  if (/^\d+$/.test(value)) return value.length > 8;
  if (/\s/.test(value)) return value.length >= 12;
  return /\d/.test(value) || isGibberish(value) || value.length >= 16 || /[^\w.:/-]/.test(value);
}

/** The value, and what it looks like in JSON, in an address, in a page and in base64. */
function formsOf(value: string): Set<string> {
  const forms = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  ]);
  const bytes = Buffer.from(value);
  for (const lead of [0, 1, 2]) {
    const base64 = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64');
    // The first and the last characters depend on what stands beside the value.
    const known = base64.slice(
      lead === 0 ? 0 : lead + 1,
      Math.floor(((bytes.length + lead) * 8) / 6),
    );
    forms.add(known);
    forms.add(known.replaceAll('+', '-').replaceAll('/', '_'));
  }
  forms.add(bytes.toString('hex'));
  return forms;
}
