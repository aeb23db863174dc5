import { brotliDecompressSync } from 'node:zlib';

/**
 * The text in which a stored state or change is written, as JSON with all its texts and authors; undefined when it is
 * damaged. For whoever looks for a text without caring where it stands.
 */
export function unpackedText(bytes: Uint8Array): string | undefined {
  try {
    return brotliDecompressSync(bytes, { maxOutputLength: MAX_TEXT }).toString();
  } catch {
    return undefined;
  }
}

// --- internal ---

/** In bytes; no more is ever packed. */
const MAX_TEXT = 32 * 1024 * 1024;
