import { unlinkSync } from 'node:fs';
import { errorCode, errorMessage } from '../../base/errors.ts';
import { counted } from '../../base/amount-text.ts';
import { RetryPace } from '../retry-pace.ts';
import type { RetryPaceOptions } from '../retry-pace.ts';
import type { SpoolFile } from './spool-reader.ts';

/** After this number of failures one attempt goes no further: the others would fail alike. */
const MOST_FAILURES = 16;

/**
 * Spool files that a sweep passes over for a while: those that could not be read or moved, and those that are stored
 * and could not be removed. What keeps them from it may pass, so they are tried again, ever more rarely.
 */
export class HeldFiles {
  readonly #pace: RetryPace;
  /** Files whose events wait. */
  readonly #waiting = new Set<string>();
  readonly #stored = new Map<string, SpoolFile>();
  #waitingError: unknown;
  #storedError: unknown;

  constructor(options?: RetryPaceOptions) {
    this.#pace = new RetryPace(options);
  }

  /** How many events wait in such files. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** What is wrong with them, in words; null when there are none. */
  get trouble(): string | null {
    const parts = [
      ...(this.#waiting.size > 0
        ? [
            `${counted(this.#waiting.size, 'spool file')} cannot be read or moved: ${errorMessage(this.#waitingError)}`,
          ]
        : []),
      ...(this.#stored.size > 0
        ? [
            `${counted(this.#stored.size, 'stored spool file')} cannot be removed: ${errorMessage(this.#storedError)}`,
          ]
        : []),
    ];
    return parts.length === 0 ? null : parts.join('; ');
  }

  /** Milliseconds until the next attempt; undefined when none is held. */
  get leftMs(): number | undefined {
    return this.#waiting.size + this.#stored.size === 0 ? undefined : this.#pace.leftMs;
  }

  has(name: string): boolean {
    return this.#waiting.has(name) || this.#stored.has(name);
  }

  /** Holds a file whose event is not stored yet. */
  holdWaiting(name: string, error: unknown): void {
    if (this.#pace.isDue) this.#pace.failed();
    this.#waiting.add(name);
    this.#waitingError = error;
  }

  /** Holds a file whose event is stored, so that it is not taken once more. */
  holdStored(file: SpoolFile, error: unknown): void {
    if (this.#pace.isDue) this.#pace.failed();
    this.#stored.set(file.name, file);
    this.#storedError = error;
  }

  /** If it is time: removes what can be removed now, and lets the next sweep try the others. */
  retry(): void {
    if (this.leftMs !== 0) {
      if (this.leftMs === undefined) this.#pace.succeeded();
      return;
    }
    this.#waiting.clear();
    let failures = 0;
    for (const [name, { path }] of this.#stored) {
      try {
        unlinkSync(path);
        this.#stored.delete(name);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') this.#stored.delete(name);
        else {
          this.#storedError = error;
          failures += 1;
        }
      }
      if (failures >= MOST_FAILURES) break;
    }
    if (failures > 0) this.#pace.failed();
  }
}
