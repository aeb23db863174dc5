import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** How well a text is compressed, at which cost: in some 0.2 ms, or by a sixth smaller in some 4 ms. */
export type PackEffort = 'quick' | 'thorough';

/** Compresses the text of a stored state. */
export function packText(text: string, effort: PackEffort): Uint8Array {
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]:
        effort === 'quick' ? QUICK_QUALITY : constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: 18,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  });
}

/** A compressed text. @throws {Error} if it is damaged */
export function unpackText(bytes: Uint8Array): string {
  return brotliDecompressSync(bytes, { maxOutputLength: MAX_TEXT }).toString();
}

// --- internal ---

const QUICK_QUALITY = 5;
/** In bytes; no more is ever packed. */
const MAX_TEXT = 32 * 1024 * 1024;
