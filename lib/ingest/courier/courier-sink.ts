import type { Clock } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import { CONFIG_DEFAULTS } from '../../config/config.ts';
import type { Transition } from '../../delivery/breaker/breaker.ts';
import type { Database } from '../../store/database/database.ts';
import { destinationName } from '../../delivery/destination.ts';
import { hasOutboxRows } from '../../delivery/store/outbox-totals.ts';
import { Outbox } from '../../delivery/store/outbox.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import { DeliveryLoop } from '../../delivery/delivery-loop.ts';
import type { Outlook } from '../../delivery/delivery-loop.ts';
import type { Sink } from '../../delivery/sink.ts';
import type { DrainReport } from '../../delivery/delivery.ts';
import { openDelivery } from '../../delivery/sink-delivery.ts';
import type { SinkDelivery } from '../../delivery/sink-delivery.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { tryAsyncStep } from '../try-step.ts';

/** What delivery to one sink works with. */
export interface CourierSinkOptions {
  readonly sink: Sink;
  /** The sink's delivery lock. */
  readonly lockPath: string;
  readonly clock: Clock;
  /** The open database; returns another one after tracker.db was replaced. */
  readonly database: () => Database;
  /** The name of this machine, which the sink is told. */
  readonly machine: string;
}

/** A courier's delivery to one sink. The sink's client is loaded at the first delivery. */
export class CourierSink {
  readonly #options: CourierSinkOptions;
  readonly #loop: DeliveryLoop;
  readonly #stop = new AbortController();
  #config: Config = CONFIG_DEFAULTS;
  #log: TrackerLog | undefined;
  #delivery: SinkDelivery | undefined;
  #running: Promise<void> | undefined;
  #outbox: { readonly database: Database; readonly rows: Outbox } | undefined;
  #isDown = false;
  #onRest = () => {};

  constructor(options: CourierSinkOptions) {
    this.#options = options;
    this.#loop = new DeliveryLoop({
      clock: options.clock,
      lockPath: options.lockPath,
      isOn: () => this.#isOn,
      outlook: () => this.#outlook(),
      drain: (signal) => this.#drain(signal),
      onRest: () => this.#onRest(),
      onError: (error) => this.#noteError(error),
    });
  }

  /** Starts the loop. `onRest` is called whenever everything due has been attempted. */
  start(signal: AbortSignal, onRest: () => void): void {
    this.#onRest = onRest;
    this.#running = this.#loop.run(AbortSignal.any([signal, this.#stop.signal]));
  }

  /** Gives up the request in flight, and waits for the loop to end. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const note = (error: unknown) => this.#log?.error('Delivery could not be ended', error);
    await tryAsyncStep(async () => this.#running, note);
    const delivery = this.#delivery;
    this.#delivery = undefined;
    await tryAsyncStep(async () => delivery?.close(), note);
  }

  /** Makes the loop look into the outbox at once, because something may have been added. */
  wake(): void {
    if (this.#isOn) this.#loop.wake();
  }

  /** Continues with another configuration. */
  adopt(config: Config, log: TrackerLog): void {
    this.#config = config;
    this.#log = log;
    const delivery = this.#delivery;
    this.#delivery = undefined;
    const note = (error: unknown) => log.error('Delivery could not be ended', error);
    void tryAsyncStep(async () => delivery?.close(), note);
    this.wake();
  }

  /** True when the courier, idle for `idleMs` milliseconds, must not exit yet, because events wait for the sink. */
  isNeeded(idleMs: number): boolean {
    if (this.#loop.isBusy) return this.#isOn;
    const waits = this.#loop.nextAt !== undefined;
    return waits && idleMs < this.#config.courier.linger_seconds * 1000;
  }

  /** True when another process has added an event to the outbox since the loop last looked. */
  get hasNews(): boolean {
    return this.#isOn && this.#loop.nextAt === undefined && this.#outlook().isDue;
  }

  get #isOn(): boolean {
    return this.#options.sink.delivers(this.#config);
  }

  #outlook(): Outlook {
    const { database, clock, sink } = this.#options;
    const now = clock();
    const open = database();
    if (this.#outbox?.database !== open) {
      this.#outbox = { database: open, rows: new Outbox(open, sink.name) };
    }
    const { rows } = this.#outbox;
    const address = sink.address(this.#config);
    // What waits for this address under another name is taken over when delivery begins.
    const hasAlias = address !== null && hasOutboxRows(open, destinationName(sink, address));
    const isDue = hasAlias || rows.isDue(now);
    return { isDue, nextAt: rows.nextAttemptAt(now) ?? (isDue ? now : undefined) };
  }

  async #drain(signal: AbortSignal): Promise<DrainReport> {
    const { sink, clock, database, machine } = this.#options;
    if (!this.#delivery) {
      const openClient = await sink.loadClient();
      const onTransition = (transition: Transition) => {
        if (this.#log) sink.log.breakerMoved(this.#log, transition);
      };
      // Read only now, because the configuration may have changed while the client was loaded.
      const config = this.#config;
      const client = openClient({ config, clock, machine });
      this.#delivery = openDelivery(sink, client, { config, database, clock, onTransition });
    }
    const report = await this.#delivery.delivery.drain({}, signal);
    const log = this.#log;
    if (report.delivered > 0 && this.#isDown && log) sink.log.available(log);
    if (report.delivered > 0) this.#isDown = false;
    else if (report.lastError !== undefined && !this.#isDown) {
      this.#isDown = true;
      if (log) sink.log.unavailable(log, report.lastError);
    }
    if (report.dead > 0) {
      log?.warn('Events became dead letters', { sink: sink.name, count: report.dead });
    }
    return report;
  }

  /** Records a fault of our own, such as a token file that others can read, or a locked database. */
  #noteError(error: unknown): void {
    this.#log?.error('Delivery failed', error);
    try {
      const { database, clock, sink } = this.#options;
      new SinkState(database(), sink.name).noteError(errorMessage(error), clock());
    } catch {
      // The database is at fault; the courier says so itself.
    }
  }
}
