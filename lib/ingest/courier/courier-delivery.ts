import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database/database.ts';
import { ALERT_SINKS } from '../../delivery/alerts/alert-sinks.ts';
import { SINKS } from '../../delivery/sinks.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { CourierSink } from './courier-sink.ts';

/** What the courier's delivery works with. */
export interface CourierDeliveryOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  /** The open database; returns another one after tracker.db was replaced. */
  readonly database: () => Database;
  /** The name of this machine, which sinks are told. */
  readonly machine: string;
}

/** The courier's delivery: one loop for each sink, those of alerts too, so that no sink waits for another. */
export class CourierDelivery {
  readonly #sinks: readonly CourierSink[];

  constructor({ paths, clock, database, machine }: CourierDeliveryOptions) {
    this.#sinks = [...SINKS, ...ALERT_SINKS].map(
      (sink) =>
        new CourierSink({
          sink,
          lockPath: sink.lockPath(paths),
          clock,
          database,
          machine,
        }),
    );
  }

  /** Starts the loops. `onRest` is called whenever everything due for one sink has been attempted. */
  start(signal: AbortSignal, onRest: () => void): void {
    for (const sink of this.#sinks) sink.start(signal, onRest);
  }

  /** Gives up the requests in flight, and waits for the loops to end. */
  async stop(): Promise<void> {
    await Promise.all(this.#sinks.map(async (sink) => sink.stop()));
  }

  /** Makes the loops look into the outbox at once, because something may have been added. */
  wake(): void {
    for (const sink of this.#sinks) sink.wake();
  }

  /** Continues with another configuration. */
  adopt(config: Config, log: TrackerLog): void {
    for (const sink of this.#sinks) sink.adopt(config, log);
  }

  /** True when the courier, idle for `idleMs` milliseconds, must not exit yet, because events wait for a sink. */
  isNeeded(idleMs: number): boolean {
    return this.#sinks.some((sink) => sink.isNeeded(idleMs));
  }

  /** True when another process has added an event to the outbox since the loops last looked. */
  get hasNews(): boolean {
    return this.#sinks.some((sink) => sink.hasNews);
  }
}
