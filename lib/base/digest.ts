import { hash } from 'node:crypto';

/**
 * The first `length` hex digits of the SHA-256 over bytes, or over a text in UTF-8 (a lone surrogate counts as
 * U+FFFD).
 */
export function hexDigest(content: string | Uint8Array, length: number): string {
  return hash('sha256', content, 'hex').slice(0, length);
}
