/* oxlint-disable max-lines -- the sweep still has to move to a file of its own */
import { existsSync, lstatSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { makeDropsFile } from '../../base/regular-file.ts';
import { errorCode, errorMessage } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { VERSION } from '../../base/version.ts';
import { acquireProcessLock, isProcessLockHeld } from '../../store/database/process-lock.ts';
import type { ProcessLock } from '../../store/database/process-lock.ts';
import { courierLives } from '../../capture/courier-start.ts';
import { ConfigWatch } from '../../config/config-watch.ts';
import { CourierDelivery } from './courier-delivery.ts';
import { CourierStateFile, PidHint } from './courier-files.ts';
import { CourierGlance } from './courier-glance.ts';
import { CourierQuarantine } from './courier-quarantine.ts';
import { CourierRedaction } from './courier-redaction.ts';
import { CourierStore } from './courier-store.ts';
import { CourierTrouble } from './courier-trouble.ts';
import { CourierUpkeep } from './courier-upkeep.ts';
import { limitHeap } from './heap-limit.ts';
import { arrivalLimits, Ingest } from '../ingest.ts';
import type { BadFile, IngestOptions } from '../ingest.ts';
import { SILENT_LOG } from '../../log/tracker-log.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { ProjectFinder } from '../project.ts';
import { checkPolicy } from '../policy/policy-check.ts';
import { HeldFiles } from '../spool/held-files.ts';
import { makeSpool, markFull, publishBound } from '../spool/spool-bound.ts';
import { SpoolListing } from '../spool/spool-listing.ts';
import { removeSpoolFiles } from '../spool/spool-reader.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { readAhead, SpoolThread } from '../spool/spool-thread.ts';
import { SpoolWatch } from '../spool/spool-watch.ts';
import { tryAsyncStep, tryStep } from '../try-step.ts';
import { WorkGuard } from '../work-guard.ts';
import type { WorkLimits } from '../work-guard.ts';

/** How long a starting courier waits for another one that is leaving, in milliseconds. */
const LOCK_WAIT_MS = 3_000;
/** How often to look into the spool when no arrival is reported, in milliseconds. */
const POLL_MS = 2_000;
/** How long at most until it tries again what it holds, which costs little, in milliseconds. */
const HELD_MS = 4_000;
/** The most files and bytes in one transaction. */
const BATCH_FILES = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
/** How long nothing has come when it rewrites the database, which makes events wait, in milliseconds. */
const QUIET_MS = 60_000;
/** Why a half-written event is bad: the beginning of a JSON object is never valid JSON. */
const UNFINISHED: ReadonlySet<BadFile['reason']> = new Set(['empty', 'not-json']);

/** Where a courier works, and with which helpers. */
export interface CourierOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  readonly pid: number;
  /** The name of this machine, which sinks are told. */
  readonly machine: string;
  /** See {@link IngestOptions}. */
  readonly newestClaude?: IngestOptions['newestClaude'];
  /** The program of the thread that helps with a backlog; without one, the courier works alone. */
  readonly threadBundle?: string | undefined;
  /** How long it may work on events. */
  readonly limits?: WorkLimits | undefined;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: (() => number) | undefined;
}

/**
 * The single process that ingests: it writes the events of the spool to tracker.db, delivers them to the
 * sinks, and exits after an idle time. It may be killed at any moment.
 */
export class Courier {
  readonly #paths: TrackerPaths;
  readonly #clock: Clock;
  readonly #hint: PidHint;
  readonly #config: ConfigWatch;
  readonly #store: CourierStore;
  readonly #report: CourierStateFile;
  readonly #delivery: CourierDelivery;
  readonly #glance: CourierGlance;
  readonly #guard: WorkGuard;
  readonly #upkeep: CourierUpkeep;
  readonly #redaction = new CourierRedaction();
  readonly #pid: number;
  readonly #threadBundle: string | undefined;
  #watch: SpoolWatch | undefined;
  #log: TrackerLog = SILENT_LOG;
  readonly #held: HeldFiles;
  readonly #trouble: CourierTrouble;
  readonly #quarantine: CourierQuarantine;
  /** Files that the last sweep has left: capture is still writing them, or they cannot be read or taken now. */
  #waiting = 0;
  #isAdopted = false;
  #hasSpool = false;

  constructor(options: CourierOptions) {
    const { paths, clock, pid, machine, newestClaude, threadBundle, limits, elapsed } = options;
    this.#paths = paths;
    this.#clock = clock;
    this.#pid = pid;
    this.#threadBundle = threadBundle;
    this.#hint = new PidHint(paths.courierPid, pid);
    this.#config = new ConfigWatch(paths);
    const projects = new ProjectFinder(clock, this.#redaction.clean);
    const guard = (this.#guard = new WorkGuard(paths.courierWork, limits));
    this.#store = new CourierStore(
      paths.database,
      clock,
      (database) => {
        const config = this.#config.current;
        const { redactor } = this.#redaction;
        return new Ingest(database, { config, redactor, projects, machine, newestClaude, guard });
      },
      {
        onMovedAside: ({ path, reason }) =>
          this.#log.warn('The corrupt database was moved aside', { path, reason }),
        elapsed,
      },
    );
    this.#glance = new CourierGlance(paths, clock, () => this.#store.database);
    this.#upkeep = new CourierUpkeep(paths, clock);
    this.#report = new CourierStateFile(paths.courierState, clock, pid);
    const log = () => this.#log;
    this.#held = new HeldFiles({ mostMs: HELD_MS, elapsed });
    this.#quarantine = new CourierQuarantine({ paths, log, held: this.#held });
    const { clean } = this.#redaction;
    this.#trouble = new CourierTrouble({ report: this.#report, log, clean, pace: { elapsed } });
    const database = () => this.#store.open();
    this.#delivery = new CourierDelivery({ paths, clock, database, machine });
  }

  /**
   * Runs until there is nothing left to do or `signal` aborts. Returns at once if another courier runs, or if a command
   * needs all of them away.
   *
   * @throws TrackerError E_NO_SQLITE
   */
  async run(signal: AbortSignal): Promise<void> {
    const { courierPause } = this.#paths;
    if (isProcessLockHeld(courierPause)) return;
    const lock = await this.#lock(signal);
    if (!lock) return;
    try {
      // A command that waits for this lock may have asked while this courier waited, too.
      if (!isProcessLockHeld(courierPause)) await this.#work(signal);
    } finally {
      lock.release();
    }
  }

  /** Notes an error that nobody awaited; it ends nothing. */
  noteStray(error: unknown): void {
    this.#log.unforeseen('An error was not foreseen', error);
  }

  /** Takes the lock; undefined if another courier has it. What keeps it from that may pass. */
  async #lock(signal: AbortSignal): Promise<ProcessLock | undefined> {
    const { courierLock, courierPid, data } = this.#paths;
    for (;;) {
      try {
        return acquireProcessLock(courierLock, LOCK_WAIT_MS);
      } catch (error) {
        if (errorCode(error) === 'E_NO_SQLITE') throw error;
        const living = courierLives(courierPid);
        const isAlone = living === undefined || living === this.#pid;
        // Without a hint it would keep no hook from starting another one.
        if (!isAlone || !existsSync(data) || !this.#hint.show()) return undefined;
        this.#trouble.note(error);
        await setTimeout(this.#trouble.leftMs, undefined, { signal }).catch(() => {});
        if (signal.aborted || this.#trouble.isOfProcess) {
          this.#hint.hide();
          return undefined;
        }
      }
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    const note = (error: unknown) => this.noteStray(error);
    try {
      this.#hint.show();
      await tryAsyncStep(async () => this.#adoptConfig(), note); // a sweep tries it again, and tells
      this.#log.info('Courier started', { version: VERSION });
      this.#report.tell({ status: 'idle' });
      const killer = this.#guard.recover();
      if (killer !== undefined) this.#quarantine.setAside(killer, 'crashed');
      await this.#serve(signal);
      this.#report.tell({ status: 'stopped' });
    } finally {
      this.#hint.hide();
      await tryAsyncStep(async () => this.#delivery.stop(), note);
      await tryAsyncStep(async () => this.#glance.end(), note);
      tryStep(() => this.#store.leave(), note);
      tryStep(() => this.#log.info('Courier stopped'), note);
      await tryAsyncStep(
        async () => this.#log.close(),
        () => {},
      );
    }
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const watch = new SpoolWatch(this.#paths.spoolNew);
    this.#watch = watch;
    this.#delivery.start(signal, () => watch.wake());
    try {
      let idleSince = this.#clock();
      while (!signal.aborted && existsSync(this.#paths.data)) {
        if ((await this.#sweep(signal)) > 0) {
          idleSince = this.#clock();
          this.#delivery.wake();
        }
        if (this.#trouble.isOfProcess) return; // the next hook starts one that may have more
        const idleExitMs = this.#config.current.courier.idle_exit_seconds * 1000;
        const idleMs = this.#clock() - idleSince;
        if (idleMs < 0) idleSince = this.#clock(); // the clock was set back
        if (idleMs >= Math.min(QUIET_MS, idleExitMs)) await this.#rewrite();
        const isNeeded = this.#waiting > 0 || this.#delivery.isNeeded(idleMs);
        if (idleMs >= idleExitMs && !isNeeded) {
          // Capture puts its file into spool/new/ before it looks at the hint. So once the hint is
          // gone, a capture that still saw it has a file for this last sweep, and one that did not
          // starts a new courier.
          this.#hint.hide();
          const taken = await this.#sweep(signal);
          if (taken === 0 && this.#waiting === 0 && !this.#hasNews()) return;
          idleSince = this.#clock();
        } else {
          await this.#doUpkeep(signal);
          this.#glance.plan();
          await watch.wait(this.#pause(idleExitMs - idleMs), signal);
        }
        this.#hint.show();
        watch.ensure();
      }
    } finally {
      watch.close();
    }
  }

  /** How long to wait for an arrival, if it leaves in `leftMs` milliseconds. */
  #pause(leftMs: number): number {
    const retryMs = this.#trouble.isOver ? this.#held.leftMs : this.#trouble.leftMs;
    const waits = [POLL_MS, ...(leftMs > 0 ? [leftMs] : []), ...(retryMs ? [retryMs] : [])];
    return Math.min(...waits);
  }

  #hasNews(): boolean {
    try {
      return this.#delivery.hasNews;
    } catch {
      return false; // the store is at fault, and nothing waits for it here
    }
  }

  /** Ingests everything that waits now; returns the number of files that left the spool. */
  async #sweep(signal: AbortSignal): Promise<number> {
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
      if (!mayTake) return 0;
      for (const name of files.odd) this.#quarantine.setAside(name, 'not-a-file');
      if (files.length > 0) checkPolicy(this.#config);
      else if (!this.#trouble.isOver) this.#store.open(); // to see whether it has passed
      if (files.length > BATCH_FILES) {
        this.#report.tell({ status: 'working' });
        this.#watch?.pause();
      }
      for (const batch of readAhead(files.batches(BATCH_FILES, BATCH_BYTES), thread)) {
        const done = this.#take(batch, thread);
        await removing;
        removing = thread
          ? thread.remove(done.taken)
          : removeSpoolFiles(done.taken, this.#holdStored);
        taken += done.left;
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
      this.#degrade(error);
      await removing;
    } finally {
      const note = (error: unknown) => this.noteStray(error);
      await tryAsyncStep(async () => thread?.end(this.#holdStored), note);
      this.#guard.release();
      this.#watch?.resume();
    }
    return taken;
  }

  readonly #holdStored = (file: SpoolFile, error: Error): void => {
    if (this.#held.trouble === null)
      this.#log.warn('A stored spool file cannot be removed', {
        file: file.name,
        error: errorMessage(error),
      });
    this.#held.holdStored(file, error);
  };

  /** Makes what is missing of the spool. @throws the system's error, only for its folders */
  #prepareSpool(maxFiles: number): void {
    if (!this.#hasSpool) makeSpool(this.#paths);
    const note = (error: unknown) => this.#log.error('The spool cannot be bounded', error);
    if (!this.#hasSpool) tryStep(() => makeDropsFile(this.#paths.drops), note);
    this.#hasSpool = true;
    tryStep(() => publishBound(this.#paths, maxFiles), note);
  }

  #mark(waiting: number, maxFiles: number): void {
    const note = (error: unknown) => this.#log.error('The spool cannot be bounded', error);
    tryStep(() => markFull(this.#paths, waiting, maxFiles), note);
  }

  #startThread(): SpoolThread | undefined {
    if (this.#threadBundle === undefined) return undefined;
    this.#guard.hold();
    const { current } = this.#config;
    return new SpoolThread(this.#threadBundle, arrivalLimits(current), current.redaction);
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
        if (this.#held.waiting === 0) this.#log.error('A spool file cannot be read', error);
        this.#held.holdWaiting(file.name, error);
        continue;
      }
      if (reason === 'failed') this.#log.unforeseen('An event could not be ingested', error);
      if (this.#quarantine.setAside(file.name, reason)) moved += 1;
    }
    this.#quarantine.bound(this.#config.current, this.#store.database, now);
    const kept = new Set(notTaken.map(({ file }) => file));
    return {
      taken: batch.filter((file) => !kept.has(file)),
      left: batch.length - notTaken.length + moved,
    };
  }

  /** Takes up the configuration, if it has changed. @throws what keeps it from that; the next call tries again */
  async #adoptConfig(): Promise<void> {
    if (await this.#config.refresh()) this.#isAdopted = false;
    if (this.#isAdopted) return;
    const { current, error } = this.#config;
    await this.#redaction.adopt(current.redaction);
    await tryAsyncStep(
      async () => this.#openLog(),
      () => {},
    ); // a full disk; it goes on without
    if (error === null) this.#log.info('Configuration taken up');
    else this.#log.warn('The configuration is broken', { error });
    this.#store.close(); // the next sweep opens it with the new settings
    this.#delivery.adopt(current, this.#log);
    this.#report.tell({ configError: error });
    this.#isAdopted = true;
  }

  async #openLog(): Promise<void> {
    const { openLog } = await import('../../log/pino-log.ts');
    await this.#log.close();
    this.#log = SILENT_LOG;
    this.#log = openLog(this.#paths, this.#config.current.logging, {
      clock: this.#clock,
      pid: this.#pid,
      clean: this.#redaction.clean,
    });
  }

  async #doUpkeep(signal: AbortSignal): Promise<void> {
    const { database } = this.#store;
    if (!database) return;
    try {
      if (await this.#upkeep.run(database, this.#config.current, signal)) this.#glance.recount();
    } catch (error) {
      this.#degrade(error);
    }
  }

  async #rewrite(): Promise<void> {
    try {
      if (this.#store.database) await this.#upkeep.rewrite(this.#store.database);
    } catch (error) {
      this.#log.error('The database cannot be rewritten', error);
    }
  }

  /** Reports why it cannot ingest, and tries again later. The events wait in the spool. */
  #degrade(error: unknown): void {
    this.#trouble.note(error);
    this.#hasSpool = false; // it may have been removed
    tryStep(
      () => this.#store.close(),
      (fault) => this.noteStray(fault),
    );
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
