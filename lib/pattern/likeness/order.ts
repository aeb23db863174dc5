/**
 * Which part of the tokens of both stands in the other in the same order, from 0 to 1: twice the longest sequence that is
 * in both, of all of them. Only the first {@link MOST_TOKENS} count, so that no comparison takes long.
 */
export function inOrder(one: Uint32Array, other: Uint32Array): number {
  const [left, right] = [one.subarray(0, MOST_TOKENS), other.subarray(0, MOST_TOKENS)];
  const total = left.length + right.length;
  return total === 0 ? 0 : (2 * longestInBoth(left, right)) / total;
}

// --- internal ---

const MOST_TOKENS = 2_000;
/** One bit of each word is left for what an addition carries over. */
const BITS = 31;
const ALL_BITS = 0x7fffffff;

/**
 * The length of the longest sequence that is in both, after Hyyrö: 31 tokens are compared with a token at once. Of `rest`,
 * a bit is cleared for each token of `one` with which a longer sequence begins.
 */
function longestInBoth(one: Uint32Array, other: Uint32Array): number {
  const words = Math.ceil(one.length / BITS);
  const places = placesOf(one, words);
  const rest = new Int32Array(words).fill(ALL_BITS);
  for (const token of other) {
    const at = places.get(token);
    if (!at) continue;
    let carry = 0;
    for (let word = 0; word < words; word += 1) {
      const [bits = 0, here = 0] = [rest[word], at[word]];
      const sum = bits + (bits & here) + carry;
      carry = sum > ALL_BITS ? 1 : 0;
      rest[word] = (sum & ALL_BITS) | (bits & ~here);
    }
  }
  let length = 0;
  for (let at = 0; at < one.length; at += 1) {
    length += 1 - (((rest[Math.floor(at / BITS)] ?? 0) >> (at % BITS)) & 1);
  }
  return length;
}

/** For each token the places at which it stands, as bits. */
function placesOf(tokens: Uint32Array, words: number): Map<number, Int32Array> {
  const places = new Map<number, Int32Array>();
  for (const [at, token] of tokens.entries()) {
    const bits = places.get(token) ?? new Int32Array(words);
    places.set(token, bits);
    const word = Math.floor(at / BITS);
    bits[word] = (bits[word] ?? 0) | (1 << (at % BITS));
  }
  return places;
}
