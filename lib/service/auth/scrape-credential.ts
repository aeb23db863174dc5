import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hexDigest } from '../../base/digest.ts';
import { errorMessage, TrackerError } from '../../base/errors.ts';

/**
 * The secret with which Prometheus reads `/metrics`. It comes from a file and needs no store, so that
 * metrics are there when the database is not.
 */
export class ScrapeCredential {
  readonly #file: string;
  #digest: Buffer = Buffer.alloc(0);

  /** @throws TrackerError E_METRICS_TOKEN */
  constructor(file: string) {
    this.#file = file;
    this.reload();
  }

  /** Reads the file again. The secret stays as it was when that fails. @throws TrackerError E_METRICS_TOKEN */
  reload(): void {
    const secret = readSecret(this.#file);
    if (secret.length < MIN_LENGTH || /\s/.test(secret)) {
      throw credentialFault(
        this.#file,
        `it has to hold one word of at least ${MIN_LENGTH} characters`,
      );
    }
    this.#digest = digestOf(secret);
  }

  /** Whether the `Authorization` header has the secret. Takes the same time for every text. */
  matches(authorization: string | undefined): boolean {
    const text = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    return text !== undefined && timingSafeEqual(digestOf(text), this.#digest);
  }
}

// --- internal ---

/** The shortest secret, in characters: what `make-secrets.sh` makes has 48. */
const MIN_LENGTH = 16;

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw credentialFault(file, errorMessage(error), error);
  }
}

function digestOf(text: string): Buffer {
  return Buffer.from(hexDigest(text, 64), 'latin1');
}

function credentialFault(file: string, why: string, cause?: unknown): TrackerError {
  return new TrackerError('E_METRICS_TOKEN', `${file} can't be used: ${why}`, {
    hint: 'Check --metrics-token-file: `openssl rand -hex 24` makes a secret for it.',
    cause,
  });
}
