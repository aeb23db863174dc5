import type { Durations } from './durations.ts';
import type { RawKey, StatisticsKey } from './group-key.ts';
import { addedTokens, NO_TOKENS } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** The numbers of what Claude did. What is not known by the key of a group is null. */
export interface Figures extends Durations {
  /** Those that have ended. */
  readonly calls: number | null;
  readonly ok: number | null;
  /** What is ok of the calls, 0 to 1; null without calls. */
  readonly successRate: number | null;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** Places that calls wrote as their own. */
  readonly edits: number | null;
  /** Lines that calls wrote themselves, in these places. */
  readonly linesWritten: number | null;
  /** Of the lines of Claude's, those that stand in their files. */
  readonly linesStanding: number | null;
  readonly tokens: Tokens | null;
  /** Of the tokens of models that have a price; null if none has. */
  readonly cost: number | null;
}

/** What is added up. */
export interface Sums {
  calls: number;
  ok: number;
  linesAdded: number;
  linesRemoved: number;
  edits: number;
  linesWritten: number;
  tokens: Tokens;
  cost: number | null;
}

/** Which numbers a group has. */
export interface KnownFigures {
  readonly calls: boolean;
  readonly code: boolean;
  readonly tokens: boolean;
}

/** Of all together, every number is known. */
export const KNOWN_OF_ALL: KnownFigures = { calls: true, code: true, tokens: true };
/** What the groups of a key have. */
export const KNOWN: Readonly<Record<StatisticsKey, KnownFigures>> = {
  day: KNOWN_OF_ALL,
  project: KNOWN_OF_ALL,
  model: KNOWN_OF_ALL,
  tool: { calls: true, code: false, tokens: false },
  language: { calls: false, code: true, tokens: false },
  file: { calls: false, code: true, tokens: false },
};

/** Sums by key, and all together. */
export class FigureGroups {
  readonly nameOf: (key: RawKey) => string | null;
  readonly sum = noSums();
  readonly #groups = new Map<string | null, Sums>();

  constructor(nameOf: (key: RawKey) => string | null) {
    this.nameOf = nameOf;
  }

  /** Adds to the group of `key`, and to the sum of all. A key of undefined is only in the sum. */
  add(key: RawKey | undefined, more: Partial<Sums>): void {
    addTo(this.sum, more);
    if (key !== undefined) this.addToGroup(key, more);
  }

  /** Adds to the group of `key` only. */
  addToGroup(key: RawKey, more: Partial<Sums>): void {
    const name = this.nameOf(key);
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = noSums()));
    addTo(group, more);
  }

  sorted(by: StatisticsKey): [key: string | null, sums: Sums][] {
    const groups = [...this.#groups];
    if (by === 'day')
      return groups.toSorted(([one], [other]) => ((one ?? '') < (other ?? '') ? -1 : 1));
    const sizeOf = ({ calls, edits }: Sums) => (KNOWN[by].calls ? calls : edits);
    return groups.toSorted(
      ([, one], [, other]) => sizeOf(other) - sizeOf(one) || other.linesWritten - one.linesWritten,
    );
  }
}

/** No sums. */
export function noSums(): Sums {
  return {
    calls: 0,
    ok: 0,
    linesAdded: 0,
    linesRemoved: 0,
    edits: 0,
    linesWritten: 0,
    tokens: NO_TOKENS,
    cost: null,
  };
}

/** The sums as numbers of a group. */
export function figuresOf(
  sums: Sums,
  known: KnownFigures,
): Omit<Figures, 'p50Ms' | 'p95Ms' | 'linesStanding'> {
  const { calls, ok, linesAdded, linesRemoved, edits, linesWritten, tokens, cost } = sums;
  return {
    calls: known.calls ? calls : null,
    ok: known.calls ? ok : null,
    successRate: known.calls && calls > 0 ? ok / calls : null,
    linesAdded: known.calls ? linesAdded : null,
    linesRemoved: known.calls ? linesRemoved : null,
    edits: known.code ? edits : null,
    linesWritten: known.code ? linesWritten : null,
    tokens: known.tokens ? tokens : null,
    cost: known.tokens ? cost : null,
  };
}

// --- internal ---

function addTo(sums: Sums, { tokens, cost, ...more }: Partial<Sums>): void {
  for (const [name, value] of Object.entries(more)) sums[name as 'calls'] += value;
  if (tokens) sums.tokens = addedTokens(sums.tokens, tokens);
  if (cost !== undefined && cost !== null) sums.cost = (sums.cost ?? 0) + cost;
}
