import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { processElapsed } from '../../base/deadline.ts';
import type { Elapsed } from '../../base/deadline.ts';
import { errorCode } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { VERSION } from '../../base/version.ts';
import { acquireProcessLock, isProcessLockHeld } from '../../store/database/process-lock.ts';
import type { ProcessLock } from '../../store/database/process-lock.ts';
import { ConfigWatch } from '../../config/config-watch.ts';
import { CourierDelivery } from './courier-delivery.ts';
import { CourierStateFile, PidHint } from './courier-files.ts';
import { CourierGlance } from './courier-glance.ts';
import { CourierProof } from '../transcripts/courier-proof.ts';
import { CourierRedaction } from './courier-redaction.ts';
import { CourierStore } from './courier-store.ts';
import { CourierSweep } from './courier-sweep.ts';
import { CourierTrouble } from './courier-trouble.ts';
import type { CourierWatch, OpenCourierWatch } from '../courier-watch.ts';
import { CourierUpkeep } from './courier-upkeep.ts';
import { Ingest } from '../ingest.ts';
import type { IngestOptions } from '../ingest.ts';
import { SILENT_LOG } from '../../log/tracker-log.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { ProjectFinder } from '../project.ts';
import { SpoolWatch } from '../spool/spool-watch.ts';
import { tryAsyncStep, tryStep } from '../try-step.ts';
import { WorkGuard } from '../work-guard.ts';
import type { WorkLimits } from '../work-guard.ts';

/** How long a starting courier waits for another one that is leaving, in milliseconds. */
const LOCK_WAIT_MS = 3_000;
/** How often to look into the spool when no arrival is reported, in milliseconds. */
const POLL_MS = 2_000;
/** How long nothing has come when it rewrites the database, which makes events wait, in milliseconds. */
const QUIET_MS = 60_000;

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
  readonly elapsed?: Elapsed | undefined;
  /** Opens what judges, between its work, how all goes. @default nothing does */
  readonly openWatch?: OpenCourierWatch | undefined;
}

/**
 * The single process that ingests: it writes the events of the spool to tracker.db, delivers them to the
 * sinks, and exits after an idle time. It may be killed at any moment.
 */
export class Courier {
  readonly #paths: TrackerPaths;
  readonly #clock: Clock;
  readonly #elapsed: Elapsed;
  readonly #hint: PidHint;
  readonly #config: ConfigWatch;
  readonly #store: CourierStore;
  readonly #report: CourierStateFile;
  readonly #delivery: CourierDelivery;
  readonly #glance: CourierGlance;
  readonly #guard: WorkGuard;
  readonly #upkeep: CourierUpkeep;
  readonly #proof: CourierProof;
  readonly #redaction = new CourierRedaction();
  readonly #pid: number;
  #log: TrackerLog = SILENT_LOG;
  readonly #trouble: CourierTrouble;
  readonly #sweep: CourierSweep;
  readonly #watch: CourierWatch | undefined;
  #isAdopted = false;

  constructor(options: CourierOptions) {
    const { paths, clock, pid, machine, newestClaude, threadBundle, limits } = options;
    const { elapsed = processElapsed } = options;
    this.#paths = paths;
    this.#clock = clock;
    this.#elapsed = elapsed;
    this.#pid = pid;
    this.#hint = new PidHint(paths, pid);
    this.#config = new ConfigWatch(paths);
    const projects = new ProjectFinder(processElapsed, this.#redaction.clean);
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
    this.#upkeep = new CourierUpkeep({ paths, clock, elapsed, log: () => this.#log });
    this.#report = new CourierStateFile(paths.courierState, clock, pid);
    const log = () => this.#log;
    const { clean } = this.#redaction;
    this.#proof = new CourierProof({
      clock,
      log,
      take: (batch) => this.#store.take(batch),
      clean,
    });
    this.#trouble = new CourierTrouble({ report: this.#report, log, clean, pace: { elapsed } });
    this.#sweep = new CourierSweep({
      paths,
      clock,
      config: this.#config,
      adoptConfig: async () => this.#adoptConfig(),
      store: this.#store,
      guard,
      report: this.#report,
      trouble: this.#trouble,
      log,
      threadBundle,
      elapsed,
      onBatch: () => void this.#hint.show(), // a sign that it works
    });
    const database = () => this.#store.open();
    this.#delivery = new CourierDelivery({ paths, clock, database, machine });
    this.#watch = options.openWatch?.({ log, database, clean, config: this.#config });
  }

  /**
   * Runs until there is nothing left to do or `signal` aborts. Returns at once if another courier runs, or if a command
   * needs all of them away.
   *
   * @throws TrackerError E_NO_SQLITE
   */
  async run(signal: AbortSignal): Promise<void> {
    const { courierPause } = this.#paths;
    if (isProcessLockHeld(courierPause)) return this.#hint.defer();
    const lock = await this.#lock(signal);
    if (!lock) return this.#hint.defer();
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
    const { courierLock, data } = this.#paths;
    for (;;) {
      try {
        return acquireProcessLock(courierLock, LOCK_WAIT_MS);
      } catch (error) {
        if (errorCode(error) === 'E_NO_SQLITE') throw error;
        // Without a hint it would keep no hook from starting another one.
        if (this.#hint.isOthers || !existsSync(data) || !this.#hint.show()) return undefined;
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
      this.#report.begin();
      await tryAsyncStep(async () => this.#adoptConfig(), note); // a sweep tries it again, and tells
      this.#log.info('Courier started', { version: VERSION });
      this.#report.tell({ status: 'idle' });
      const killer = this.#guard.recover();
      if (killer !== undefined) this.#sweep.setAsideKiller(killer);
      // After an import no event waits, but the search index has to be made.
      if (existsSync(this.#paths.database)) {
        tryStep(
          () => void this.#store.open(),
          () => {}, // the first sweep with an event tells
        );
      }
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
    this.#delivery.start(signal, () => watch.wake());
    try {
      let idleSince = this.#elapsed();
      while (!signal.aborted && existsSync(this.#paths.data)) {
        // A signal may have gone to another courier, which only waited, or cannot reach this one's container.
        if (isProcessLockHeld(this.#paths.courierPause)) return;
        if ((await this.#sweep.run(watch, signal)) > 0) {
          idleSince = this.#elapsed();
          this.#delivery.wake();
        }
        if (this.#trouble.isOfProcess) return; // the next hook starts one that may have more
        const idleExitMs = this.#config.current.courier.idle_exit_seconds * 1000;
        const idleMs = this.#elapsed() - idleSince;
        if (idleMs >= Math.min(QUIET_MS, idleExitMs)) await this.#rewrite();
        const isNeeded =
          this.#sweep.waiting > 0 || this.#upkeep.isUnfinished || this.#delivery.isNeeded(idleMs);
        if (idleMs >= idleExitMs && !isNeeded) {
          // Capture puts its file into spool/new/ before it looks at the hint. So once the hint is
          // gone, a capture that still saw it has a file for this last sweep, and one that did not
          // starts a new courier.
          await this.#look({ isForced: true });
          this.#hint.hide();
          const taken = await this.#sweep.run(watch, signal);
          if (taken === 0 && this.#sweep.waiting === 0 && !this.#hasNews()) return;
          idleSince = this.#elapsed();
        } else {
          const isAtWork = await this.#doUpkeep(signal);
          await this.#prove(signal);
          await this.#look({ isForced: false });
          this.#glance.plan();
          await watch.wait(isAtWork ? 0 : this.#pause(idleExitMs - idleMs), signal);
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
    const { retryMs } = this.#sweep;
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

  /** True if it has more to do, for which no event need wait. */
  async #doUpkeep(signal: AbortSignal): Promise<boolean> {
    const { database } = this.#store;
    if (!database) return false;
    try {
      const hasWorked = await this.#upkeep.run(database, this.#config.current, signal);
      if (this.#upkeep.isUnfinished) return true;
      if (hasWorked) this.#glance.recount();
      return await this.#upkeep.index(database, signal);
    } catch (error) {
      this.#sweep.degrade(error);
      return false;
    }
  }

  async #prove(signal: AbortSignal): Promise<void> {
    const { database } = this.#store;
    if (!database || this.#sweep.waiting > 0) return;
    try {
      if (await this.#proof.run(database, this.#config.current, signal)) this.#delivery.wake();
    } catch (error) {
      this.#log.error('A session cannot be compared with its transcript', error);
    }
  }

  async #look(options: { readonly isForced: boolean }): Promise<void> {
    try {
      await this.#watch?.look(options);
    } catch (error) {
      this.#log.error('The rules of alerts cannot be judged', error);
    }
  }

  async #rewrite(): Promise<void> {
    try {
      if (this.#store.database) await this.#upkeep.rewrite(this.#store.database);
    } catch (error) {
      this.#log.error('The database cannot be rewritten', error);
    }
  }
}
