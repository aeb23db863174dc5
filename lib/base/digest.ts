import { hash } from 'node:crypto';

/** The first `length` hex digits of the SHA-256 over `text` in UTF-8 (a lone surrogate counts as U+FFFD). */
export function hexDigest(text: string, length: number): string {
  return hash('sha256', text, 'hex').slice(0, length);
}
