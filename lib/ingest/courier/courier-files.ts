import { rmSync, truncateSync } from 'node:fs';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Clock } from '../../base/clock.ts';
import { Deadline } from '../../base/deadline.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeWayForFile, readRegularFile } from '../../base/regular-file.ts';
import { VERSION } from '../../base/version.ts';
import {
  announceCourier,
  hintText,
  livingCourier,
  renewHint,
  UNSEEN_HINT,
  writeHint,
} from '../../capture/courier-hint.ts';
import { parseCourierState } from './courier-state.ts';
import type { CourierState } from './courier-state.ts';

/** The hint by which capture knows that a courier runs: a file that names its process. */
export class PidHint {
  readonly #paths: HintPaths;
  readonly #pid: number;
  readonly #hint: string;
  #renewal = Deadline.past();

  constructor(paths: HintPaths, pid: number) {
    this.#paths = paths;
    this.#pid = pid;
    this.#hint = hintText(pid);
  }

  /** True when the hint is that of another courier, which lives. */
  get isOthers(): boolean {
    const living = livingCourier(this.#paths.courierHint);
    return living !== undefined && !(living.isHere && living.pid === this.#pid);
  }

  /** Writes the hint, or lets it count for longer; false when it cannot be written. Call it every few seconds. */
  show(): boolean {
    const { courierHint, courierPid } = this.#paths;
    const isThere = textOf(courierHint) === this.#hint && textOf(courierPid) === this.#id;
    if (isThere && !this.#renewal.isOver) return true;
    try {
      if (!isThere) announceCourier(this.#paths, this.#pid);
      renewHint(courierHint);
      this.#renewal = Deadline.in(RENEWAL_MS);
      return true;
    } catch {
      return isThere; // a read-only file system; in this container it counts all the same
    }
  }

  /**
   * For a process that does not get the courier's lock: unless the one that has it shows its hint, hooks start no other
   * courier for a while.
   */
  defer(): void {
    if (this.isOthers) return;
    try {
      writeHint(this.#paths.courierHint, UNSEEN_HINT);
    } catch {
      // The file system is read-only, or full: the next hook starts a courier in vain.
    }
  }

  /** Removes the hint, if it is ours or nobody's. Where it stays, hooks see that its process is gone. */
  hide(): void {
    const { courierHint, courierPid } = this.#paths;
    const hint = textOf(courierHint);
    if (hint === this.#hint || hint === UNSEEN_HINT) removeFile(courierHint);
    if (textOf(courierPid) === this.#id) removeFile(courierPid);
  }

  get #id(): string {
    return `${this.#pid}\n`;
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
      crashes: [],
    };
  }

  /** Notes whether the courier before has ended as it should. Call it before {@link tell}, and when no other one works. */
  begin(): void {
    const before = parseCourierState(textOf(this.#path) ?? '');
    if (!before) return;
    const now = this.#clock();
    const isCrash = before.status !== 'stopped';
    const crashes = isCrash ? [...before.crashes, now] : before.crashes;
    this.#state = { ...this.#state, crashes: crashes.slice(-MOST_CRASHES) };
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

// --- internal ---

/** How often a hint is renewed at most, in milliseconds: `status` tells by it whether the courier does anything. */
const RENEWAL_MS = 1_000;
/** How many crashes are remembered. */
const MOST_CRASHES = 10;

type HintPaths = Pick<TrackerPaths, 'courierHint' | 'courierPid'>;

function textOf(path: string): string | undefined {
  try {
    return readRegularFile(path);
  } catch {
    return undefined;
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    try {
      truncateSync(path);
    } catch {
      // The file system is read-only, or its disk is failing.
    }
  }
}
