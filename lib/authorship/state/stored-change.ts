import { brotliCompressSync, constants } from 'node:zlib';
import { asArray, asNumber, asString } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { RecentChange } from './authorship-store.ts';
import { unpackText } from './packed-text.ts';

/** Writes a recent change as it is stored. */
export function encodeChange({ gone, continues, ...change }: RecentChange): Uint8Array {
  const { event, path, added, at, isFirst } = change;
  const flags = (added ? ADDED : 0) + (isFirst ? FIRST : 0);
  const row = [FORMAT, event, path, at, flags, gone.lines, gone.authors, continues ?? null];
  return brotliCompressSync(JSON.stringify(row), {
    // Few are kept, and not for long, so that time counts more than room.
    params: { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_LGWIN]: 16 },
  });
}

/** Reads what {@link encodeChange} wrote; undefined when it is damaged or of another version. */
export function decodeChange(bytes: Uint8Array): RecentChange | undefined {
  try {
    return changeIn(asArray(JSON.parse(unpackText(bytes))));
  } catch {
    return undefined;
  }
}

// --- internal ---

const FORMAT = 1;
const ADDED = 1;
const FIRST = 2;

function changeIn(row: readonly Json[]): RecentChange | undefined {
  const [format, event, path, at, flags, texts, names, continues] = row;
  const lines = asArray(texts).map(asString);
  const authors = asArray(names).map((name) => asString(name) ?? null);
  if (format !== FORMAT || !isText(event) || !isText(path)) return undefined;
  if (asNumber(at) === undefined || asNumber(flags) === undefined) return undefined;
  if (!lines.every(isText) || lines.length !== authors.length) return undefined;
  return {
    event,
    path,
    at: Number(at),
    added: (Number(flags) & ADDED) > 0,
    isFirst: (Number(flags) & FIRST) > 0,
    continues: asString(continues),
    gone: { lines, authors },
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
