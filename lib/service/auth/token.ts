import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hexDigest } from '../../base/digest.ts';
import type { StoredToken, TokenScope } from '../store/token-store.ts';

/** Every scope: `read` asks, `write` records, `admin` does both and sees metrics. */
export const TOKEN_SCOPES = ['read', 'write', 'admin'] as const satisfies readonly TokenScope[];

/** What a new token is to be. */
export interface NewToken {
  /** What it is for, for people. */
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; null never. */
  readonly expiresAt: number | null;
}

/** Makes a token: its text, which is stored nowhere, and the record to store. */
export function createToken(wanted: NewToken): {
  readonly text: string;
  readonly stored: StoredToken;
} {
  const id = randomBytes(6).toString('hex');
  const text = `ptk_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const stored = { ...wanted, id, digest: digestOf(text), revokedAt: null, lastUsedAt: null };
  return { text, stored };
}

/** The id within a token; undefined for a text that is not one of our tokens. */
export function tokenId(text: string): string | undefined {
  return TOKEN.exec(text)?.[1];
}

/** Whether `text` is the stored token. Takes the same time for every text, so it leaks no digest. */
export function isToken(text: string, { digest }: Pick<StoredToken, 'digest'>): boolean {
  const given = Buffer.from(digestOf(text), 'latin1');
  const stored = Buffer.from(digest, 'latin1');
  return given.length === stored.length && timingSafeEqual(given, stored);
}

// --- internal ---

/** 256 bits: a secret that cannot be guessed needs neither a salt nor a slow digest. */
const SECRET_BYTES = 32;

/** `ptk_ID_SECRET`: 6 bytes in hex, and {@link SECRET_BYTES} in base64url, which are 43 characters. */
const TOKEN = /^ptk_([0-9a-f]{12})_[\w-]{43}$/;

function digestOf(text: string): string {
  return hexDigest(text, 64);
}
