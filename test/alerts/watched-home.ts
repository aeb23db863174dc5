// An installation on a real disk with a real tracker.db, and a clock that the test sets: what the rules of alerts look at.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertWatch, judgedNow } from '../../lib/alerts/alert-watch.ts';
import type { AlertSources } from '../../lib/alerts/alert-facts.ts';
import type { ServiceFacts } from '../../lib/alerts/service-facts.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import { loadConfig } from '../../lib/config/config-file.ts';
import type { Config } from '../../lib/config/config.ts';
import { breakerPolicy } from '../../lib/delivery/delivery-policy.ts';
import type { AlertMessage } from '../../lib/delivery/alerts/alert-message.ts';
import { deliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { MAIN_SINK } from '../../lib/delivery/sinks.ts';
import type { CourierState } from '../../lib/ingest/courier/courier-state.ts';
import { openTestDatabase } from '../support/test-database.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Monday, 09:00 UTC. */
export const MONDAY = Date.UTC(2026, 10, 23, 9);

export const SERVER = "api: { base_url: 'http://127.0.0.1:9' }\n";

export class WatchedHome {
  readonly folder: string;
  readonly paths;
  readonly env;
  readonly database;
  /** What people were told, in its order. */
  readonly told: AlertMessage[] = [];
  now = MONDAY;
  isRecording = true;
  service: ServiceFacts | undefined;
  #watch: AlertWatch | undefined;
  #events = 0;
  #delivery: DeliveryStore | undefined;

  /** @param folder the user's home folder, where there is one already */
  constructor(yaml = SERVER, folder = mkdtempSync(join(tmpdir(), 'alerts-'))) {
    this.folder = folder;
    this.paths = trackerPaths(join(folder, '.claude/hooks/pattern-tracker'));
    this.env = { HOME: folder };
    for (const folder of [this.paths.data, this.paths.spoolNew, join(this.paths.home, 'dist')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    this.configure(yaml);
    this.database = openTestDatabase(this.paths.database);
    this.database.pragma('synchronous = OFF'); // nobody pulls the plug
    this.session();
    this.courier({});
  }

  configure(yaml: string): void {
    writeFileSync(this.paths.configFile, yaml, { mode: 0o600 });
  }

  get config(): Config {
    return loadConfig(this.paths).courier.config;
  }

  get sources(): AlertSources {
    const { paths, env, service } = this;
    const { courier } = loadConfig(paths);
    const hooks = ['PreToolUse', 'PostToolUse'].map((event) => ({
      event,
      scope: 'user',
      words: undefined,
    }));
    const own = this.isRecording ? hooks : [];
    const file = join(this.folder, '.claude', 'settings.json');
    return {
      paths,
      env,
      service,
      now: () => this.now,
      config: { config: courier.config, courier },
      registration: {
        settings: [{ scope: 'user', file, exists: true, error: null, hooks: own }],
        hooks: own,
        contextHooks: [],
        plugin: undefined,
        hooksDisabledIn: undefined,
      },
    };
  }

  /** Judges the rules as a courier does; what it tells is in `told`. */
  async look(): Promise<void> {
    this.#watch ??= new AlertWatch({
      sources: () => this.sources,
      machine: 'ada',
      clean: (text) => text,
      tell: async (message) => void this.told.push(message),
    });
    await this.#watch.look({ isForced: true });
  }

  /** Looks each minute, `minutes` times; before each look `before` is called. */
  async lookEachMinute(minutes: number, before: () => void = () => {}): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.now += MINUTE;
      before();
      await this.look();
    }
  }

  /** `rule: state` of every rule that has something to say, as a command finds it now. */
  get alerts(): Record<string, string> {
    const { alerts } = judgedNow(this.sources);
    return Object.fromEntries(Object.entries(alerts).map(([id, { state }]) => [id, state]));
  }

  /** `rule state` of what people were told. */
  get news(): string[] {
    return this.told.map(({ rule, state }) => `${rule} ${state}`);
  }

  get delivery(): DeliveryStore {
    return (this.#delivery ??= deliveryStore(this.database, MAIN_SINK, {
      policy: breakerPolicy(this.config),
      clock: () => this.now,
      newId: () => `permit-${this.now}`,
    }));
  }

  /** An event of a session now. */
  session(): void {
    this.database
      .prepare(
        `INSERT INTO sessions (id, started_at, last_event_at) VALUES ('session-1', ?, ?)
         ON CONFLICT (id) DO UPDATE SET last_event_at = excluded.last_event_at`,
      )
      .run(this.now, this.now);
  }

  /** Events that wait for the server since now. */
  queue(count = 1): void {
    for (let index = 0; index < count; index += 1) {
      this.#events += 1;
      const eventId = `event-${this.#events}`;
      this.delivery.outbox.add(
        {
          eventId,
          eventType: 'pattern_created',
          sessionId: 'session-1',
          patternId: eventId,
          lineageId: eventId,
          body: '{}',
        },
        this.now,
      );
    }
  }

  /** A request to the server: all that waits is accepted, or nothing. */
  request(isWell: boolean, ms = 20): void {
    const { breaker, metrics, state } = this.delivery;
    const { permit } = breaker.acquire();
    if (!permit) return;
    metrics.add('requests');
    metrics.observeLatency(ms);
    breaker.report(permit, { ok: isWell, latencyMs: ms, reason: 'it refuses connections' });
    if (isWell) {
      const count = this.database.prepare("DELETE FROM outbox WHERE sink = 'http'").run().changes;
      metrics.add('delivered', count);
      if (count > 0) state.noteDelivered(this.now);
    } else {
      metrics.add('request_failures');
      state.noteError('it refuses connections', this.now);
    }
  }

  /** What the courier reports of itself. */
  courier(state: Partial<CourierState>): void {
    const text = JSON.stringify({
      pid: 1,
      version: '0',
      status: 'stopped',
      degradedAt: null,
      reason: null,
      hint: null,
      configError: null,
      crashes: [],
      startedAt: this.now,
      updatedAt: this.now,
      ...state,
    });
    writeFileSync(this.paths.courierState, text);
  }

  /** Claude writes its transcript now. */
  work(session = '00000000-0000-4000-8000-000000000001', cwd = this.folder): void {
    const folder = join(this.folder, '.claude', 'projects', 'project');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${session}.jsonl`);
    writeFileSync(path, `${JSON.stringify({ type: 'user', cwd, sessionId: session })}\n`);
    utimesSync(path, this.now / 1000, this.now / 1000);
  }

  remove(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
