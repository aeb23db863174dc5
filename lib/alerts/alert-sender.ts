import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { AlertMessage } from '../delivery/alerts/alert-message.ts';
import { ALERT_SINKS } from '../delivery/alerts/alert-sinks.ts';
import type { Sink } from '../delivery/sink.ts';
import { openDelivery } from '../delivery/sink-delivery.ts';
import { hasOutboxRows } from '../delivery/store/outbox-totals.ts';
import type { TrackerLog } from '../log/tracker-log.ts';
import { openLog } from '../log/pino-log.ts';
import { openRedactor } from '../redact/own/open-redactor.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import { openDatabase } from '../store/database/database.ts';
import type { Database } from '../store/database/database.ts';
import { tellAlert, tellPeople } from './alert-channels.ts';
import type { AlertChannels } from './alert-channels.ts';
import type { AlertSources } from './alert-facts.ts';

/** Tells of alerts, and sends what waits for the webhook and for mail, in a process that is no courier. */
export class AlertSender {
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
  readonly #sources: Pick<AlertSources, 'paths' | 'env' | 'now'>;
  readonly #log: TrackerLog;
  #database: Database | undefined;

  private constructor(
    sources: Pick<AlertSources, 'paths' | 'env' | 'now'>,
    log: TrackerLog,
    clean: (text: string) => string,
  ) {
    this.#sources = sources;
    this.#log = log;
    this.clean = clean;
  }

  /** Opens the log; the database is opened at the first alert. */
  static async open({ paths, env, now, config }: AlertSources): Promise<AlertSender> {
    const { redaction, logging } = config.courier.config;
    const redactor = await openRedactor(redaction);
    const clean = (text: string) => redactor.redactText(text).text;
    const log = openLog(paths, logging, { clock: now, pid: process.pid, clean });
    return new AlertSender({ paths, env, now }, log, clean);
  }

  readonly tell = async (message: AlertMessage, config: Config): Promise<void> => {
    await tellAlert(message, config, this.#channels);
  };

  /** Tells people of something that is no alert, of whatever levels they want to be told, and leaves it out of the log. */
  async notify(message: AlertMessage, config: Config): Promise<void> {
    await tellPeople(message, config, this.#channels);
  }

  /** Attempts once what waits. A courier that is at it goes on alone; what fails waits for the next time. */
  async send(config: Config): Promise<void> {
    const { paths } = this.#sources;
    if (!existsSync(paths.database)) return;
    for (const sink of ALERT_SINKS) {
      if (!sink.delivers(config) || !hasOutboxRows(this.#open(), sink.name)) continue;
      const lock = acquireProcessLock(sink.lockPath(paths), 0);
      if (!lock) continue;
      try {
        await this.#drain(sink, config);
      } catch (error) {
        this.#log.error('Alerts cannot be sent', error);
      } finally {
        lock.release();
      }
    }
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
    await this.#log.close();
  }

  async #drain(sink: Sink, config: Config): Promise<void> {
    const { now: clock } = this.#sources;
    const openClient = await sink.loadClient();
    const client = openClient({ config, clock, machine: hostname() });
    const database = () => this.#open();
    const open = openDelivery(sink, client, { config, clock, database });
    try {
      const { lastError } = await open.delivery.drain({}, new AbortController().signal);
      if (lastError !== undefined) sink.log.unavailable(this.#log, lastError);
    } finally {
      await open.close();
    }
  }

  get #channels(): AlertChannels {
    const { env, now } = this.#sources;
    return { log: this.#log, database: () => this.#open(), now, env };
  }

  #open(): Database {
    return (this.#database ??= openDatabase(this.#sources.paths.database));
  }
}
