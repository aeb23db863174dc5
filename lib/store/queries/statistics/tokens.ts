/** Tokens of answers, by how they are paid for. */
export interface Tokens {
  readonly input: number;
  readonly cacheCreation: number;
  readonly cacheRead: number;
  readonly output: number;
}

/** What a million tokens of a model cost, in the user's currency. */
export interface Price {
  /** A model's name; with `*` at its end, every name that begins so. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** @default as input */
  readonly cache_write?: number | undefined;
  /** @default as input */
  readonly cache_read?: number | undefined;
}

/** No tokens. */
export const NO_TOKENS: Tokens = { input: 0, cacheCreation: 0, cacheRead: 0, output: 0 };

/** The sum of both. */
export function addedTokens(one: Tokens, other: Tokens): Tokens {
  return {
    input: one.input + other.input,
    cacheCreation: one.cacheCreation + other.cacheCreation,
    cacheRead: one.cacheRead + other.cacheRead,
    output: one.output + other.output,
  };
}

/** What tokens of a model cost by the first price that fits; null if none does. */
export function costOf(model: string, tokens: Tokens, prices: readonly Price[]): number | null {
  const price = prices.find(({ model: name }) =>
    name.endsWith('*') ? model.startsWith(name.slice(0, -1)) : model === name,
  );
  if (price === undefined) return null;
  const { input, output, cache_write = input, cache_read = input } = price;
  const sum =
    tokens.input * input +
    tokens.output * output +
    tokens.cacheCreation * cache_write +
    tokens.cacheRead * cache_read;
  return sum / 1_000_000;
}
