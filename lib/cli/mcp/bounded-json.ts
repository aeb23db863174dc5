import type { Json } from '../../base/json.ts';

/** The longest answer, in characters: about 10,000 tokens of a model. */
export const MOST_CHARACTERS = 40_000;

/**
 * A JSON value that is no longer than {@link MOST_CHARACTERS} as text: long texts are cut, then the longest lists lose their
 * last items, which count least. Where something was cut, `cut` says so.
 */
export function boundedJson(value: Json): Json {
  const bounded = cutTexts(value);
  const lists = listsIn(bounded);
  let isCut = false;
  while (JSON.stringify(bounded).length > MOST_CHARACTERS - ROOM) {
    const longest = lists.reduce<Json[] | undefined>(
      (most, list) => (list.length > (most?.length ?? 0) ? list : most),
      undefined,
    );
    if (longest === undefined) break;
    longest.length = Math.floor(longest.length * KEPT);
    isCut = true;
  }
  if (!isCut) return bounded;
  const cut = 'The answer was too long; ask for less to see the rest.';
  return Array.isArray(bounded) ? { items: bounded, cut } : { ...(bounded as object), cut };
}

// --- internal ---

/** For the note that something was cut. */
const ROOM = 200;
/** So much of a list stays at a time. */
const KEPT = 0.8;
/** The longest text in an answer, in characters. */
const MOST_TEXT = 4_000;

function cutTexts(value: Json): Json {
  if (typeof value === 'string') {
    if (value.length <= MOST_TEXT) return value;
    return `${value.slice(0, MOST_TEXT)}… (${value.length - MOST_TEXT} characters more)`;
  }
  if (Array.isArray(value)) return value.map(cutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutTexts(inner)]));
}

function listsIn(value: Json): Json[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(listsIn);
  return Array.isArray(value) ? [value, ...inner] : inner;
}
