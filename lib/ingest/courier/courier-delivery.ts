import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database/database.ts';
import { SINKS } from '../../delivery/sinks.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { CourierSink } from './courier-sink.ts';

export interface CourierDeliveryOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  readonly database: () => Database;
  /** The name of this machine, for the sinks. */
  readonly machine: string;
}

/** The delivering half of a courier: a loop of its own for each sink, so that none waits for another. */
export class CourierDelivery {
  readonly #sinks: readonly CourierSink[];

  constructor({ paths, clock, database, machine }: CourierDeliveryOptions) {
    this.#sinks = SINKS.map(
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

  /** Begins; `onRest` is called whenever one sink has been sent what it could be. */
  start(signal: AbortSignal, onRest: () => void): void {
    for (const sink of this.#sinks) sink.start(signal, onRest);
  }

  /** Gives up the requests that are on their way, and waits for the end. */
  async stop(): Promise<void> {
    await Promise.all(this.#sinks.map(async (sink) => sink.stop()));
  }

  /** Says that the outbox may have something new. */
  wake(): void {
    for (const sink of this.#sinks) sink.wake();
  }

  /** Goes on with another configuration. */
  adopt(config: Config, log: TrackerLog): void {
    for (const sink of this.#sinks) sink.adopt(config, log);
  }

  /** True while the courier must not leave, idle for `idleMs`, because events wait for a sink. */
  isNeeded(idleMs: number): boolean {
    return this.#sinks.some((sink) => sink.isNeeded(idleMs));
  }

  /** True when another process has put something into the outbox that the last look did not see. */
  get hasNews(): boolean {
    return this.#sinks.some((sink) => sink.hasNews);
  }
}
