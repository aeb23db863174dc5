import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hexDigest } from '../../base/digest.ts';
import type { StoredToken, TokenScope } from '../store/token-store.ts';

export const TOKEN_SCOPES = ['read', 'write', 'admin'] as const satisfies readonly TokenScope[];

export interface NewToken {
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
  /** Milliseconds since 1970, as the one below. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** Makes a token: its text, which is nowhere kept, and what is stored of it. */
export function createToken(wanted: NewToken): {
  readonly text: string;
  readonly stored: StoredToken;
} {
  const id = randomBytes(6).toString('hex');
  const text = `ptk_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const stored = { ...wanted, id, digest: digestOf(text), revokedAt: null, lastUsedAt: null };
  return { text, stored };
}

/** The id within a token; undefined when it is none of ours. */
export function tokenId(text: string): string | undefined {
  return TOKEN.exec(text)?.[1];
}

/** Whether `text` is this very token, in a time that tells nothing of its digest. */
export function isToken(text: string, { digest }: Pick<StoredToken, 'digest'>): boolean {
  const given = Buffer.from(digestOf(text), 'latin1');
  const stored = Buffer.from(digest, 'latin1');
  return given.length === stored.length && timingSafeEqual(given, stored);
}

// --- internal ---

/** 256 bits: no salt and no slow digest are needed where nothing can be guessed. */
const SECRET_BYTES = 32;

const TOKEN = /^ptk_([0-9a-f]{12})_[\w-]{43}$/;

function digestOf(text: string): string {
  return hexDigest(text, 64);
}
