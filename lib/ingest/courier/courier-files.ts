import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Clock } from '../../base/clock.ts';
import { makeWayForFile, readRegularFile } from '../../base/regular-file.ts';
import { VERSION } from '../../base/version.ts';
import type { CourierState } from './courier-state.ts';

/** The hint by which capture knows that a courier runs: a file with its process id in one line. */
export class PidHint {
  readonly #path: string;
  readonly #text: string;

  constructor(path: string, pid: number) {
    this.#path = path;
    this.#text = `${pid}\n`;
  }

  /** Writes the hint, unless it is there already; false when it cannot be written. */
  show(): boolean {
    if (this.#read() === this.#text) return true;
    try {
      makeWayForFile(this.#path);
      writeFileSync(this.#path, this.#text, { mode: 0o600 });
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the hint, if it is ours. Where it stays, hooks see that its process is gone. */
  hide(): void {
    if (this.#read() !== this.#text) return;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      try {
        truncateSync(this.#path);
      } catch {
        // The file system is read-only, or its disk is failing.
      }
    }
  }

  #read(): string | undefined {
    try {
      return readRegularFile(this.#path);
    } catch {
      return undefined;
    }
  }
}

/** Reports the courier's state to people, in `data/courier.json`. */
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
      degradedAt: null,
      reason: null,
      hint: null,
      configError: null,
    };
  }

  /** Changes the state and writes the file, unless nothing has changed. */
  tell(change: Partial<CourierState>): void {
    const { degradedAt, status } = { ...this.#state, ...change };
    const isDegraded = status === 'degraded' || (status === 'working' && degradedAt !== null);
    const next = {
      ...this.#state,
      ...change,
      degradedAt: isDegraded ? (degradedAt ?? this.#clock()) : null,
    };
    const isSame = JSON.stringify(next) === JSON.stringify(this.#state);
    if (isSame && this.#written) return;
    this.#state = { ...next, updatedAt: this.#clock() };
    this.#written = true;
    try {
      makeWayForFile(this.#path); // an atomic write follows a link and replaces what that leads to
      writeFileAtomic(this.#path, `${JSON.stringify(this.#state)}\n`, {
        mode: 0o600,
        fsync: false,
      });
    } catch {
      // A full disk must not stop the courier; `status` shows the last state, with its time.
    }
  }
}
