import type { Clock } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { CONFIG_DEFAULTS } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';
import type { Database } from '../../store/database.ts';
import { HTTP_SINK, Outbox } from '../../store/outbox.ts';
import { SinkState } from '../../store/sink-state.ts';
import { DeliveryLoop } from '../delivery/delivery-loop.ts';
import type { Outlook } from '../delivery/delivery-loop.ts';
import { delivers } from '../delivery/delivery-policy.ts';
import type { DrainReport } from '../delivery/delivery.ts';
import type { TrackerLog } from '../tracker-log.ts';
import type { SinkDelivery } from '../delivery/sink-delivery.ts';

export interface CourierDeliveryOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  readonly database: () => Database;
}

/** The delivering half of a courier. What it needs for that is loaded once a server is configured. */
export class CourierDelivery {
  readonly #options: CourierDeliveryOptions;
  readonly #loop: DeliveryLoop;
  readonly #stop = new AbortController();
  #config: Config = CONFIG_DEFAULTS;
  #log: TrackerLog | undefined;
  #sink: SinkDelivery | undefined;
  #running: Promise<void> | undefined;
  #outbox: { readonly database: Database; readonly rows: Outbox } | undefined;
  #isDown = false;
  #onRest = () => {};

  constructor(options: CourierDeliveryOptions) {
    this.#options = options;
    this.#loop = new DeliveryLoop({
      clock: options.clock,
      lockPath: options.paths.deliveryLock,
      isOn: () => delivers(this.#config),
      outlook: () => this.#outlook(),
      drain: (signal) => this.#drain(signal),
      onRest: () => this.#onRest(),
      onError: (error) => this.#noteError(error),
    });
  }

  /** Begins; `onRest` is called whenever it has delivered what it could. */
  start(signal: AbortSignal, onRest: () => void): void {
    this.#onRest = onRest;
    this.#running = this.#loop.run(AbortSignal.any([signal, this.#stop.signal]));
  }

  /** Gives up the request that is on its way, and waits for the end. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#sink?.close();
    this.#sink = undefined;
  }

  /** Says that the outbox may have something new. */
  wake(): void {
    if (delivers(this.#config)) this.#loop.wake();
  }

  /** Goes on with another configuration. */
  adopt(config: Config, log: TrackerLog): void {
    this.#config = config;
    this.#log = log;
    const sink = this.#sink;
    this.#sink = undefined;
    void sink?.close();
    this.wake();
  }

  /** True while the courier must not leave, idle for `idleMs`, because events wait for the server. */
  isNeeded(idleMs: number): boolean {
    if (this.#loop.isBusy) return delivers(this.#config);
    const waits = this.#loop.nextAt !== undefined;
    return waits && idleMs < this.#config.courier.linger_seconds * 1000;
  }

  /** True when another process has put something into the outbox that the last look did not see. */
  get hasNews(): boolean {
    return delivers(this.#config) && this.#loop.nextAt === undefined && this.#outlook().isDue;
  }

  #outlook(): Outlook {
    const { database, clock } = this.#options;
    const now = clock();
    const open = database();
    if (this.#outbox?.database !== open) {
      this.#outbox = { database: open, rows: new Outbox(open, HTTP_SINK) };
    }
    const { rows } = this.#outbox;
    const isDue = rows.isDue(now);
    return { isDue, nextAt: rows.nextAttemptAt(now) ?? (isDue ? now : undefined) };
  }

  async #drain(signal: AbortSignal): Promise<DrainReport> {
    const { database, clock } = this.#options;
    if (!this.#sink) {
      const { openSinkDelivery } = await import('../delivery/sink-delivery.ts');
      this.#sink = openSinkDelivery({
        config: this.#config,
        database,
        clock,
        onTransition: (transition) => this.#log?.breakerMoved(transition),
      });
    }
    const report = await this.#sink.delivery.drain({}, signal);
    if (report.delivered > 0 && this.#isDown) this.#log?.info('API available again');
    if (report.delivered > 0) this.#isDown = false;
    else if (report.lastError !== undefined && !this.#isDown) {
      this.#isDown = true;
      this.#log?.apiUnavailable(report.lastError);
    }
    if (report.dead > 0) this.#log?.warn('Events became dead letters', { count: report.dead });
    return report;
  }

  /** Such as a token file that others can read, or a database that is locked. */
  #noteError(error: unknown): void {
    this.#log?.error('Delivery failed', error);
    try {
      const { database, clock } = this.#options;
      new SinkState(database(), HTTP_SINK).noteError(errorMessage(error), clock());
    } catch {
      // The database is at fault; the courier says so itself.
    }
  }
}
