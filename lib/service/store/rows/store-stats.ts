/** How much a store holds. */
export interface StoreStats {
  readonly patterns: number;
  readonly lineages: number;
  readonly occurrences: number;
  readonly edges: number;
  readonly sessions: number;
  readonly toolCalls: number;
  /** Patterns by language, the most first, at most 20. */
  readonly languages: readonly { readonly language: string; readonly patterns: number }[];
  /** Milliseconds since 1970; null where there is no pattern. */
  readonly lastSeenAt: number | null;
}

/** A running total as a store keeps it: `patterns`, `edges`, `language:typescript`. */
export interface TotalRow {
  readonly name: string;
  readonly value: number;
}

/** Reads the statistics out of a store's totals. */
export function statsFrom(totals: readonly TotalRow[], lastSeenAt: number | null): StoreStats {
  const total = (name: string) => totals.find((row) => row.name === name)?.value ?? 0;
  const languages = totals
    .filter(({ name, value }) => name.startsWith(LANGUAGE) && value > 0)
    .map(({ name, value }) => ({ language: name.slice(LANGUAGE.length), patterns: value }))
    .toSorted((a, b) => b.patterns - a.patterns || (a.language < b.language ? -1 : 1));
  return {
    patterns: total('patterns'),
    lineages: total('lineages'),
    occurrences: total('occurrences'),
    edges: total('edges'),
    sessions: total('sessions'),
    toolCalls: total('tool_calls'),
    languages: languages.slice(0, MAX_LANGUAGES),
    lastSeenAt,
  };
}

// --- internal ---

const LANGUAGE = 'language:';
const MAX_LANGUAGES = 20;
