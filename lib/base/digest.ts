import { createHash } from 'node:crypto';

/** The first `length` hex digits of the SHA-256 over `text` in UTF-8 (a lone surrogate counts as U+FFFD). */
export function hexDigest(text: string, length: number): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, length);
}
