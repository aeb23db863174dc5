import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeDropsFile } from '../../base/regular-file.ts';
import type { ConfigWatch } from '../../config/config-watch.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { arrivalLimits } from '../ingest.ts';
import type { BadFile } from '../ingest.ts';
import { checkPolicy } from '../policy/policy-check.ts';
import { HeldFiles } from '../spool/held-files.ts';
import { makeSpool, markFull, moveDrops, publishBound } from '../spool/spool-bound.ts';
import { SpoolListing } from '../spool/spool-listing.ts';
import { removeSpoolFiles } from '../spool/spool-reader.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { readAhead, SpoolThread } from '../spool/spool-thread.ts';
import type { SpoolWatch } from '../spool/spool-watch.ts';
import { tryAsyncStep, tryStep } from '../try-step.ts';
import type { WorkGuard } from '../work-guard.ts';
import type { CourierStateFile } from './courier-files.ts';
import { CourierQuarantine } from './courier-quarantine.ts';
import type { CourierStore } from './courier-store.ts';
import type { CourierTrouble } from './courier-trouble.ts';
import { limitHeap } from './heap-limit.ts';

/** How long at most until it tries again what it holds, which costs little, in milliseconds. */
const HELD_MS = 4_000;
/** The most files and bytes in one transaction. */
const BATCH_FILES = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Why a half-written event is bad: the beginning of a JSON object is never valid JSON. */
const UNFINISHED: ReadonlySet<BadFile['reason']> = new Set(['empty', 'not-json']);

/** What a {@link CourierSweep} works with. */
export interface CourierSweepOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  readonly config: ConfigWatch;
  /** Takes up the configuration, if it has changed. It may throw; the next sweep calls it again. */
  readonly adoptConfig: () => Promise<void>;
  readonly store: CourierStore;
  readonly guard: WorkGuard;
  readonly report: CourierStateFile;
  readonly trouble: CourierTrouble;
  /** The log as it is then. */
  readonly log: () => TrackerLog;
  /** The program of the thread that helps with a backlog; without one, the sweep works alone. */
  readonly threadBundle?: string | undefined;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: (() => number) | undefined;
  /** Called after each batch. */
  readonly onBatch: () => void;
}

/** What the courier does with all that waits in the spool at one moment: it takes it into the database, holds it, or sets it aside. */
export class CourierSweep {
  readonly #paths: TrackerPaths;
  readonly #clock: Clock;
  readonly #config: ConfigWatch;
  readonly #adoptConfig: () => Promise<void>;
  readonly #store: CourierStore;
  readonly #guard: WorkGuard;
  readonly #report: CourierStateFile;
  readonly #trouble: CourierTrouble;
  readonly #log: () => TrackerLog;
  readonly #threadBundle: string | undefined;
  readonly #onBatch: () => void;
  readonly #held: HeldFiles;
  readonly #quarantine: CourierQuarantine;
  #waiting = 0;
  #hasSpool = false;

  constructor(options: CourierSweepOptions) {
    this.#paths = options.paths;
    this.#clock = options.clock;
    this.#config = options.config;
    this.#adoptConfig = options.adoptConfig;
    this.#store = options.store;
    this.#guard = options.guard;
    this.#report = options.report;
    this.#trouble = options.trouble;
    this.#log = options.log;
    this.#threadBundle = options.threadBundle;
    this.#onBatch = options.onBatch;
    this.#held = new HeldFiles({ mostMs: HELD_MS, elapsed: options.elapsed });
    const { paths, log } = options;
    this.#quarantine = new CourierQuarantine({ paths, log, held: this.#held });
  }

  /** Files that the last sweep has left: capture is still writing them, or they cannot be read or taken now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Milliseconds until it is time to try again; undefined when nothing has failed. */
  get retryMs(): number | undefined {
    return this.#trouble.isOver ? this.#held.leftMs : this.#trouble.leftMs;
  }

  /** Ingests everything that waits now; returns the number of files that left the spool. A backlog pauses `watch`. */
  async run(watch: SpoolWatch, signal: AbortSignal): Promise<number> {
    const mayTake = this.#trouble.isDue;
    let thread: SpoolThread | undefined;
    let taken = 0;
    let removing: Promise<void> = Promise.resolve();
    this.#waiting = Math.max(1, this.#waiting); // until it is known
    try {
      await this.#adoptConfig();
      const { max_files } = this.#config.current.spool;
      this.#prepareSpool(max_files);
      if (mayTake) this.#held.retry();
      const files = new SpoolListing(this.#paths.spoolNew, {
        many: BATCH_FILES,
        onMany: () => {
          if (mayTake && !this.#guard.isCareful) thread ??= this.#startThread(); // early, so that it is ready when all are listed
          limitHeap();
        },
        isHeld: (name) => this.#held.has(name),
      });
      const waiting = (this.#waiting = files.length + files.unseen + this.#held.waiting);
      this.#mark(waiting, max_files);
      tryStep(
        () => moveDrops(this.#paths, files.drops),
        () => {},
      ); // no room yet; they count where they lie
      if (!mayTake) return 0;
      for (const name of files.odd) this.#quarantine.setAside(name, 'not-a-file');
      if (files.length > 0) checkPolicy(this.#config);
      else if (!this.#trouble.isOver) this.#store.open(); // to see whether it has passed
      if (files.length > BATCH_FILES) {
        this.#report.tell({ status: 'working' });
        watch.pause();
      }
      for (const batch of readAhead(files.batches(BATCH_FILES, BATCH_BYTES), thread)) {
        await thread?.started(); // not in the transaction, which keeps others from writing
        const done = this.#take(batch, thread);
        await removing;
        removing = thread
          ? thread.remove(done.taken)
          : removeSpoolFiles(done.taken, this.#holdStored);
        taken += done.left;
        this.#onBatch();
        await setImmediate(); // lets signals be handled
        if (signal.aborted) break;
      }
      if (!signal.aborted) this.#guard.endCare();
      await removing;
      await thread?.end(this.#holdStored);
      this.#waiting = waiting - taken;
      if (taken > 0) this.#mark(this.#waiting, max_files);
      this.#trouble.end(this.#held);
    } catch (error) {
      this.#waiting -= taken;
      this.degrade(error);
      await removing;
    } finally {
      const note = (error: unknown) => this.#log().unforeseen('An error was not foreseen', error);
      await tryAsyncStep(async () => thread?.end(this.#holdStored), note);
      this.#guard.release();
      watch.resume();
    }
    return taken;
  }

  /** Sets an entry of the spool aside before it is looked at, because it has killed a courier. */
  setAsideKiller(name: string): void {
    this.#quarantine.setAside(name, 'crashed');
  }

  /** Reports why it cannot ingest, and tries again later. The events wait in the spool. */
  degrade(error: unknown): void {
    this.#trouble.note(error);
    this.#hasSpool = false; // it may have been removed
    tryStep(
      () => this.#store.close(),
      (fault) => this.#log().unforeseen('An error was not foreseen', fault),
    );
  }

  readonly #holdStored = (file: SpoolFile, error: Error): void => {
    if (this.#held.trouble === null)
      this.#log().warn('A stored spool file cannot be removed', {
        file: file.name,
        error: errorMessage(error),
      });
    this.#held.holdStored(file, error);
  };

  /** Makes what is missing of the spool. @throws the system's error, only for its folders */
  #prepareSpool(maxFiles: number): void {
    if (!this.#hasSpool) makeSpool(this.#paths);
    const note = (error: unknown) => this.#log().error('The spool cannot be bounded', error);
    if (!this.#hasSpool) tryStep(() => makeDropsFile(this.#paths.drops), note);
    this.#hasSpool = true;
    tryStep(() => publishBound(this.#paths, maxFiles), note);
  }

  #mark(waiting: number, maxFiles: number): void {
    const note = (error: unknown) => this.#log().error('The spool cannot be bounded', error);
    tryStep(() => markFull(this.#paths, waiting, maxFiles), note);
  }

  #startThread(): SpoolThread | undefined {
    if (this.#threadBundle === undefined) return undefined;
    this.#guard.hold();
    const { current } = this.#config;
    return new SpoolThread(this.#threadBundle, arrivalLimits(current), current.redaction, {
      onGivenUp: (reason) =>
        this.#log().warn('The thread that helps with a backlog was given up', { reason }),
    });
  }

  /** Ingests one batch; returns the files whose events are stored, and the number that left the spool. */
  #take(
    batch: readonly SpoolFile[],
    thread: SpoolThread | undefined,
  ): { taken: readonly SpoolFile[]; left: number } {
    const notTaken = this.#store.take(batch, thread);
    if (notTaken.length === 0) return { taken: batch, left: batch.length };
    const now = this.#clock();
    const partialMs = this.#config.current.spool.partial_seconds * 1000;
    // The time is read again: the file may have been written to since it was listed.
    const isFresh = ({ path, writtenAt }: SpoolFile) =>
      Math.abs(now - (writtenAtNow(path) ?? writtenAt)) < partialMs;
    let moved = 0;
    for (const { file, reason, error } of notTaken) {
      if (reason === 'slow' || (UNFINISHED.has(reason) && isFresh(file))) continue;
      if (reason === 'unreadable') {
        if (this.#held.waiting === 0) this.#log().error('A spool file cannot be read', error);
        this.#held.holdWaiting(file.name, error);
        continue;
      }
      if (reason === 'failed') this.#log().unforeseen('An event could not be ingested', error);
      if (this.#quarantine.setAside(file.name, reason)) moved += 1;
    }
    this.#quarantine.bound(this.#config.current, this.#store.database, now);
    const kept = new Set(notTaken.map(({ file }) => file));
    return {
      taken: batch.filter((file) => !kept.has(file)),
      left: batch.length - notTaken.length + moved,
    };
  }
}

// --- internal ---

/** When a file was last written, in milliseconds since 1970 UTC; undefined when that cannot be told. */
function writtenAtNow(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  } catch {
    return undefined;
  }
}
