import { hexDigest } from '../../base/digest.ts';
import type { PatternNode } from '../store/rows/tracked-event.ts';

/** The UUID of one version of a pattern: the same on every replica and after every restart. */
export function nodeId({ patternId, version }: Pick<PatternNode, 'patternId' | 'version'>): string {
  return uuidOf(`node\0${patternId}\0${version}`);
}

/** The UUID of a lineage, made from the id of its root. */
export function lineageUuid(lineageId: string): string {
  return uuidOf(`lineage\0${lineageId}`);
}

/** Makes a UUID from the SHA-256 of a text. Its version is 8: RFC 9562 leaves those to applications. */
export function uuidOf(text: string): string {
  const digits = hexDigest(text, 32);
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) & 3];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-');
}
