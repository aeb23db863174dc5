import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { VERSION } from '../../base/version.ts';
import { acquireProcessLock, isProcessLockHeld } from '../../store/database/process-lock.ts';
import { noteEvicted } from '../../store/database/meta.ts';
import { ConfigWatch } from '../../config/config-watch.ts';
import { CourierDelivery } from './courier-delivery.ts';
import { CourierStateFile, PidHint } from './courier-files.ts';
import { CourierGlance } from './courier-glance.ts';
import { CourierRedaction } from './courier-redaction.ts';
import { CourierStore } from './courier-store.ts';
import { CourierUpkeep } from './courier-upkeep.ts';
import { limitHeap } from './heap-limit.ts';
import { arrivalLimits, Ingest } from '../ingest.ts';
import type { BadFile, IngestOptions } from '../ingest.ts';
import { SILENT_LOG } from '../../log/tracker-log.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { ProjectFinder } from '../project.ts';
import { checkPolicy } from '../policy/policy-check.ts';
import { boundQuarantine, quarantineFile } from '../spool/quarantine.ts';
import { makeSpool, markFull, publishBound } from '../spool/spool-bound.ts';
import { SpoolListing } from '../spool/spool-listing.ts';
import { removeSpoolFiles } from '../spool/spool-reader.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { readAhead, SpoolThread } from '../spool/spool-thread.ts';
import { SpoolWatch } from '../spool/spool-watch.ts';
import { WorkGuard } from '../work-guard.ts';
import type { WorkLimits } from '../work-guard.ts';

/** How long a starting courier waits for another one that is leaving, in milliseconds. */
const LOCK_WAIT_MS = 3_000;
/** How often to look into the spool when no arrival is reported, in milliseconds. */
const POLL_MS = 2_000;
/** The most files and bytes in one transaction. */
const BATCH_FILES = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
/** How long a courier that cannot ingest waits before it tries again, in milliseconds. */
const RETRY_MS = 5_000;
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
  /** Why it cannot ingest, as last written to the log; null while it can. */
  #trouble: string | null = null;
  /** Files that the last sweep found half written: capture is still writing them, or was killed. */
  #unfinished = 0;
  #retryAt = 0;

  constructor(options: CourierOptions) {
    const { paths, clock, pid, machine, newestClaude, threadBundle, limits } = options;
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
      ({ path, reason }) =>
        this.#log.warn('The corrupt database was moved aside', { path, reason }),
    );
    this.#glance = new CourierGlance(paths, clock, () => this.#store.database);
    this.#upkeep = new CourierUpkeep(paths, clock);
    this.#report = new CourierStateFile(paths.courierState, clock, pid);
    const database = () => this.#store.open();
    this.#delivery = new CourierDelivery({ paths, clock, database, machine });
  }

  /**
   * Runs until there is nothing left to do or `signal` aborts. Returns at once if another courier runs, or if a command
   * needs all of them away.
   *
   * @throws when the spool cannot be made, or the lock cannot be taken for another reason
   */
  async run(signal: AbortSignal): Promise<void> {
    makeSpool(this.#paths);
    const { courierLock, courierPause } = this.#paths;
    if (isProcessLockHeld(courierPause)) return;
    const lock = acquireProcessLock(courierLock, LOCK_WAIT_MS);
    if (!lock) return;
    if (isProcessLockHeld(courierPause)) {
      lock.release(); // the command waits for it, and has asked while this courier waited, too
      return;
    }
    try {
      this.#hint.show();
      await this.#adoptConfig();
      this.#log.info('Courier started', { version: VERSION });
      this.#report.tell({ status: 'idle' });
      const killer = this.#guard.recover();
      if (killer !== undefined) this.#setAside(killer, 'crashed');
      await this.#serve(signal);
      this.#report.tell({ status: 'stopped' });
    } finally {
      this.#hint.hide();
      await this.#delivery.stop();
      await this.#glance.end();
      this.#log.info('Courier stopped');
      await this.#log.close();
      this.#store.close();
      lock.release();
    }
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const watch = new SpoolWatch(this.#paths.spoolNew);
    this.#watch = watch;
    this.#delivery.start(signal, () => watch.wake());
    try {
      let idleSince = this.#clock();
      while (!signal.aborted) {
        if ((await this.#sweep(signal)) > 0) {
          idleSince = this.#clock();
          this.#delivery.wake();
        }
        const idleExitMs = this.#config.current.courier.idle_exit_seconds * 1000;
        const idleMs = this.#clock() - idleSince;
        if (idleMs < 0) idleSince = this.#clock(); // the clock was set back
        if (idleMs >= Math.min(QUIET_MS, idleExitMs)) await this.#rewrite();
        const isNeeded = this.#unfinished > 0 || this.#delivery.isNeeded(idleMs);
        if (idleMs >= idleExitMs && !isNeeded) {
          // Capture puts its file into spool/new/ before it looks at the hint. So once the hint is
          // gone, a capture that still saw it has a file for this last sweep, and one that did not
          // starts a new courier.
          this.#hint.hide();
          if ((await this.#sweep(signal)) === 0 && !this.#delivery.hasNews) return;
          idleSince = this.#clock();
        } else {
          await this.#doUpkeep(signal);
          this.#glance.plan();
          const left = idleExitMs - idleMs;
          await watch.wait(left > 0 ? Math.min(POLL_MS, left) : POLL_MS, signal);
        }
        this.#hint.show();
        await this.#adoptConfig();
      }
    } finally {
      watch.close();
    }
  }

  /** Ingests everything that waits now; returns the number of files that left the spool. */
  async #sweep(signal: AbortSignal): Promise<number> {
    let thread: SpoolThread | undefined;
    const mayTake = this.#clock() >= this.#retryAt;
    const files = new SpoolListing(this.#paths.spoolNew, BATCH_FILES, () => {
      if (mayTake && !this.#guard.isCareful) thread ??= this.#startThread(); // early, so that it is ready when all are listed
      limitHeap();
    });
    const { max_files } = this.#config.current.spool;
    this.#unfinished = 0;
    let taken = 0;
    let removing: Promise<void> = Promise.resolve();
    try {
      publishBound(this.#paths, max_files);
      markFull(this.#paths, files.length, max_files);
      if (mayTake) for (const name of files.odd) this.#setAside(name, 'not-a-file');
      if (files.length === 0 || !mayTake) return 0;
      checkPolicy(this.#config);
      if (files.length > BATCH_FILES) {
        this.#report.tell({ status: 'working' });
        this.#watch?.pause();
      }
      for (const batch of readAhead(files.batches(BATCH_FILES, BATCH_BYTES), thread)) {
        const done = this.#take(batch, thread);
        await removing;
        removing = thread ? thread.remove(done.taken) : removeSpoolFiles(done.taken);
        taken += done.left;
        this.#unfinished += done.unfinished;
        await setImmediate(); // lets signals be handled
        if (signal.aborted) break;
      }
      if (!signal.aborted) this.#guard.endCare();
      await removing;
      await thread?.end();
      markFull(this.#paths, files.length - taken, max_files);
      this.#report.tell({ status: 'idle', reason: null, hint: null });
      if (this.#trouble !== null) this.#log.info('The courier takes in events again');
      this.#trouble = null;
    } catch (error) {
      this.#degrade(error);
      await removing.catch(() => {}); // files that remain are read again and found to be duplicates
    } finally {
      await thread?.end().catch(() => {});
      this.#guard.release();
      this.#watch?.resume();
    }
    return taken;
  }

  #startThread(): SpoolThread | undefined {
    if (this.#threadBundle === undefined) return undefined;
    this.#guard.hold();
    const { current } = this.#config;
    return new SpoolThread(this.#threadBundle, arrivalLimits(current), current.redaction);
  }

  /**
   * Ingests one batch; returns the files whose events are stored, the number that left the spool, and the number
   * to try again, half-written ones for example.
   */
  #take(
    batch: readonly SpoolFile[],
    thread: SpoolThread | undefined,
  ): { taken: readonly SpoolFile[]; left: number; unfinished: number } {
    const notTaken = this.#store.take(batch, thread);
    if (notTaken.length === 0) return { taken: batch, left: batch.length, unfinished: 0 };
    const { max_bad_files, max_bad_bytes, partial_seconds } = this.#config.current.spool;
    const now = this.#clock();
    // The time is read again: the file may have been written to since it was listed.
    const isFresh = ({ path, writtenAt }: SpoolFile) =>
      Math.abs(now - (writtenAtNow(path) ?? writtenAt)) < partial_seconds * 1000;
    const bad = notTaken.filter(
      ({ file, reason }) => reason !== 'slow' && !(UNFINISHED.has(reason) && isFresh(file)),
    );
    let moved = 0;
    for (const { file, reason, error } of bad) {
      if (reason === 'failed') this.#log.unforeseen('An event could not be ingested', error);
      if (this.#setAside(file.name, reason)) moved += 1;
    }
    boundQuarantine(
      this.#paths.spoolBad,
      { maxFiles: max_bad_files, maxBytes: max_bad_bytes },
      (lost) => this.#store.database && noteEvicted(this.#store.database, lost, now),
    );
    const kept = new Set(notTaken.map(({ file }) => file));
    return {
      taken: batch.filter((file) => !kept.has(file)),
      left: batch.length - notTaken.length + moved,
      unfinished: notTaken.length - bad.length,
    };
  }

  /** Moves an entry of the spool into the quarantine; false, and a line in the log, when it cannot be moved. */
  #setAside(name: string, reason: string): boolean {
    const { spoolNew, spoolBad } = this.#paths;
    try {
      quarantineFile(join(spoolNew, name), name, reason, spoolBad);
      this.#log.warn('A spool file was set aside', { file: name, reason });
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return true; // it is gone
      this.#log.error('A spool file could not be set aside', error);
      return false;
    }
  }

  async #adoptConfig(): Promise<void> {
    if (!(await this.#config.refresh())) return;
    const { current, error } = this.#config;
    await this.#redaction.adopt(current.redaction);
    const { openLog } = await import('../../log/pino-log.ts');
    await this.#log.close();
    this.#log = openLog(this.#paths, current.logging, {
      clock: this.#clock,
      pid: this.#pid,
      clean: this.#redaction.clean,
    });
    if (error === null) this.#log.info('Configuration taken up');
    else this.#log.warn('The configuration is broken', { error });
    this.#store.close(); // the next sweep opens it with the new settings
    this.#delivery.adopt(current, this.#log);
    this.#report.tell({ configError: this.#config.error });
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
    const reason = this.#redaction.clean(errorMessage(error));
    if (reason !== this.#trouble) this.#log.error('The courier cannot take in events', error);
    this.#trouble = reason;
    this.#retryAt = this.#clock() + RETRY_MS;
    this.#store.close();
    this.#report.tell({
      status: 'degraded',
      reason,
      hint: error instanceof TrackerError ? (error.hint ?? null) : null,
    });
  }
}

// --- internal ---

/** When a file was last written, in milliseconds since 1970 UTC; undefined when it is gone. */
function writtenAtNow(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
