import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { readBreaker } from '../../delivery/store/breaker-store.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { readSpool } from '../../health/spool-facts.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import type { CommandList } from '../command.ts';
import { runQuietly } from '../recovery/quiet-command.ts';
import { FaultyFront } from './faulty-front.ts';
import { ThrowawayHome } from './throwaway-home.ts';
import { startThrowawayServer } from './throwaway-server.ts';
import type { ThrowawayServer } from './throwaway-server.ts';

/** What can be made to fail. */
export const FAULTS = [
  'api-down',
  'slow',
  'flapping',
  'partition',
  'corrupt',
  'disk-full',
] as const;
/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number];

/** How a drill goes on, moment by moment. */
export interface DrillView {
  readonly phase: 'before' | 'fault' | 'after';
  /** Calls that the hook was given. */
  readonly written: number;
  /** Of these, calls in the database, and events that wait for the server. */
  readonly recorded: number;
  readonly waiting: number;
  /** Calls that wait in the spool. */
  readonly spooled: number;
  /** Calls that the hook could not keep, and has counted. */
  readonly dropped: number;
  /** Events that the server has. */
  readonly received: number;
  /** Null while the database cannot be read. */
  readonly breaker: 'closed' | 'open' | 'half_open' | null;
  readonly trips: number;
}

/** How a drill ended. */
export interface DrillResult {
  readonly last: DrillView;
  /** How long it took until all was in order again, in milliseconds; null when it never was. */
  readonly recoveredAfterMs: number | null;
  /** What mended the database; null where nothing had to. */
  readonly mended: string | null;
}

/** What to make fail, and for how long. */
export interface DrillOptions {
  readonly fault: Fault;
  readonly forMs: number;
  /** Aborting it ends the fault early. */
  readonly signal: AbortSignal;
  readonly onView: (view: DrillView) => void;
}

/** An installation with a server, made to be broken. */
export class Drill {
  readonly #home: ThrowawayHome;
  readonly #server: ThrowawayServer;
  readonly #front: FaultyFront;
  readonly #commands: CommandList;
  #phase: DrillView['phase'] = 'before';

  private constructor(
    home: ThrowawayHome,
    server: ThrowawayServer,
    front: FaultyFront,
    commands: CommandList,
  ) {
    this.#home = home;
    this.#server = server;
    this.#front = front;
    this.#commands = commands;
  }

  /** Makes them. Call `end` whatever happens. @throws TrackerError E_NO_HOOK */
  static async begin(
    ...[cli, commands]: [...ConstructorParameters<typeof ThrowawayHome>, CommandList]
  ): Promise<Drill> {
    const home = new ThrowawayHome(cli);
    const server = await startThrowawayServer(home.folder);
    const front = new FaultyFront(server.url, SLOW_MS);
    await front.set('open');
    home.configure({
      api: { base_url: front.url },
      // Short waits, so that half a minute shows what else takes minutes.
      pattern_tracking: { timeout: TIMEOUT_S },
      resilience: {
        circuit_breaker: { recovery_timeout: 2, failure_threshold: 3 },
        retry: { base_delay: 0.2, max_delay: 2, max_attempts: 1_000 },
      },
    });
    return new Drill(home, server, front, commands);
  }

  /** Claude works; meanwhile the fault begins and ends; then all gets in order again, or does not. */
  async run({ fault, forMs, signal, onView }: DrillOptions): Promise<DrillResult> {
    const work = async (ms: number, isDiskFull: boolean, step: () => Promise<void>) => {
      const end = performance.now() + ms;
      while (performance.now() < end && !signal.aborted) {
        await step();
        await this.#home.write({ isDiskFull });
        onView(this.#view());
        await setTimeout(PACE_MS, undefined, { signal }).catch(() => {});
      }
    };
    await work(Math.min(BEFORE_MS, forMs), false, async () => {});
    await this.#settled(signal, onView); // the courier is there, and has delivered
    this.#phase = 'fault';
    await this.#breakIt(fault);
    const flap = async () => {
      if (fault !== 'flapping') return;
      const isUp = Math.floor(performance.now() / FLAP_MS) % 2 === 0;
      await this.#front.set(isUp ? 'open' : 'down');
    };
    await work(forMs, fault === 'disk-full', flap);
    this.#phase = 'after';
    const startedAt = performance.now();
    const mended = await this.#mend(fault);
    await this.#home.write(); // as long as none works, nobody starts a courier
    const isSettled = await this.#settled(undefined, onView);
    return {
      last: this.#view(),
      recoveredAfterMs: isSettled ? performance.now() - startedAt : null,
      mended,
    };
  }

  /** Ends and removes everything. */
  async end(): Promise<void> {
    await this.#front.close();
    await this.#home.remove();
    await this.#server.close();
  }

  async #breakIt(fault: Fault): Promise<void> {
    switch (fault) {
      case 'api-down':
      case 'flapping':
        return await this.#front.set('down');
      case 'slow':
        return await this.#front.set('slow');
      case 'partition':
        return await this.#front.set('silent');
      case 'corrupt':
        return await this.#home.withoutCourier(() => this.#damage());
      case 'disk-full':
        return; // the hook meets it
    }
  }

  /** Writes over a page of the table with the events. */
  #damage(): void {
    const { database: path } = this.#home.paths;
    const place = readDatabase(path, (database) => {
      database.pragma('wal_checkpoint(TRUNCATE)');
      return {
        page: database
          .prepare<[], number>(`SELECT rootpage FROM sqlite_master WHERE name = 'events'`)
          .pluck()
          .get(),
        bytes: Number(database.pragma('page_size', { simple: true })),
      };
    });
    if (place?.page === undefined) return;
    const file = openSync(path, 'r+');
    try {
      writeSync(
        file,
        Buffer.alloc(place.bytes, 0xaa),
        0,
        place.bytes,
        (place.page - 1) * place.bytes,
      );
    } finally {
      closeSync(file);
    }
  }

  async #mend(fault: Fault): Promise<string | null> {
    await this.#front.set('open');
    // One that was started on the full disk still may not write.
    if (fault === 'disk-full') await this.#home.withoutCourier();
    if (fault !== 'corrupt') return null;
    const context = { cli: this.#home.cli, commands: this.#commands };
    const { exitCode, out, err } = await runQuietly(['repair', '--yes'], context);
    return (exitCode === 0 ? out : err).trimEnd().split('\n').at(-1) ?? '';
  }

  /** Waits until everything that was captured has arrived. False when it never does, or was interrupted. */
  async #settled(
    signal: AbortSignal | undefined,
    onView: DrillOptions['onView'],
  ): Promise<boolean> {
    const end = performance.now() + SETTLE_MS;
    for (let shownAt = 0; performance.now() < end && !signal?.aborted;) {
      const view = this.#view();
      if (performance.now() - shownAt > PACE_MS) {
        shownAt = performance.now();
        onView(view);
      }
      if (lostIn(view) === 0 && view.waiting === 0 && view.received >= view.recorded) return true;
      await setTimeout(POLL_MS);
    }
    return false;
  }

  #view(): DrillView {
    const { recorded, waiting } = this.#home.progress();
    const { waiting: spooled, dropped } = readSpool(this.#home.paths);
    let breaker: ReturnType<typeof readBreaker> | undefined;
    try {
      breaker = readDatabase(this.#home.paths.database, (of) => readBreaker(of, MAIN_SINK.name));
    } catch {
      breaker = undefined; // it is broken on purpose
    }
    return {
      phase: this.#phase,
      written: this.#home.written,
      recorded,
      waiting,
      spooled,
      dropped: dropped.unwritable + dropped.spoolFull,
      received: this.#server.received(),
      breaker: breaker?.phase ?? null,
      trips: breaker?.trips ?? 0,
    };
  }
}

/** The calls that are neither recorded nor known to be dropped; 0 once nothing is under way. */
export function lostIn({ written, recorded, dropped }: DrillView): number {
  return Math.max(0, written - recorded - dropped);
}

// --- internal ---

/** How long Claude works before the fault, and the pause between two calls, in milliseconds. */
const BEFORE_MS = 2_000;
const PACE_MS = 400;
/** How often to look whether all has arrived, and for how long, in milliseconds. */
const POLL_MS = 50;
const SETTLE_MS = 90_000;
/** How long a server is up, and down, while it is flapping, in milliseconds. */
const FLAP_MS = 1_500;
/** The limit of a request, in seconds, and how late answers come while the server is slow, in milliseconds. */
const TIMEOUT_S = 1;
const SLOW_MS = 1_500;
