import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Clock } from '../../base/clock.ts';
import { VERSION } from '../../base/version.ts';
import type { CourierState } from './courier-state.ts';

/** The liveness hint that capture reads: the process id of the courier, in a line. */
export class PidHint {
  readonly #path: string;
  readonly #text: string;

  constructor(path: string, pid: number) {
    this.#path = path;
    this.#text = `${pid}\n`;
  }

  /** Puts the hint up if it is not; false where it can't be written. */
  show(): boolean {
    if (this.#read() === this.#text) return true;
    try {
      writeFileSync(this.#path, this.#text, { mode: 0o600 });
      return true;
    } catch {
      return false;
    }
  }

  /** Takes the hint down, if it is ours. */
  hide(): void {
    if (this.#read() === this.#text) rmSync(this.#path, { force: true });
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.#path, 'latin1');
    } catch {
      return undefined;
    }
  }
}

/** What the courier says of itself, for people: `data/courier.json`, written when it changes. */
export class CourierStateFile {
  readonly #path: string;
  readonly #clock: Clock;
  #state: CourierState;
  #written = false;

  constructor(path: string, clock: Clock, pid: number) {
    this.#path = path;
    this.#clock = clock;
    const now = clock();
    this.#state = {
      pid,
      version: VERSION,
      startedAt: now,
      updatedAt: now,
      status: 'idle',
      reason: null,
      hint: null,
      configError: null,
    };
  }

  tell(change: Partial<CourierState>): void {
    const next = { ...this.#state, ...change };
    const isSame = JSON.stringify(next) === JSON.stringify(this.#state);
    if (isSame && this.#written) return;
    this.#state = { ...next, updatedAt: this.#clock() };
    this.#written = true;
    try {
      writeFileAtomic(this.#path, `${JSON.stringify(this.#state)}\n`, {
        mode: 0o600,
        fsync: false,
      });
    } catch {
      // A disk that takes nothing must not stop it; status shows the last state, with its time.
    }
  }
}
