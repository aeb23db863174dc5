/// <reference lib="esnext.disposable" preserve="true" />
import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { errorMessage, TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { ErrorMetrics } from '../health/metrics/error-metrics.ts';
import type { HealthSummary } from '../health/health-summary.ts';
import { openRedactor } from '../redact/own/open-redactor.ts';
import type { Redactor } from '../redact/redact.ts';
import { CircuitBreaker } from '../health/circuit-breaker.ts';
import { CourierNudge } from '../ingest/courier/courier-nudge.ts';
import { ProjectFinder } from '../ingest/project.ts';
import { DeclarationPolicy, withoutPrivate } from './declaration-policy.ts';
import { cleanDeclaration } from './declaration-recorder.ts';
import { foundTexts, similarCode } from './code-queries.ts';
import type { FoundText, SimilarCode, SimilarQuery, TextQuery } from './code-query.ts';
import * as declaration from './declaration.ts';
import type * as declared from './declaration.ts';
import type { ProxySettings } from '../delivery/http/proxy-settings.ts';
import { requestRoute } from '../delivery/request-route.ts';
import { LINEAGE } from '../delivery/lineage/lineage-sink.ts';
import { breakerPolicy } from '../delivery/delivery-policy.ts';
import { readErrorMetrics, resetErrorMetrics } from '../health/metrics/sink-metrics.ts';
import { healthSummary, unhealthySummary } from '../health/delivery-health.ts';
import { canProbe } from '../health/sink-probes.ts';
import type { SinkProbe } from '../delivery/sink.ts';
import { readSinkFacts } from '../health/sink-facts.ts';
import { checkLibraryOptions, checkTimeout, librarySettings } from './library-settings.ts';
import type { PatternTrackerOptions } from './library-options.ts';
import type { LibrarySettings } from './library-settings.ts';
import { LibraryStore } from './library-store.ts';
import type { OpenLibraryStore } from './library-store.ts';
import { PatternQueries } from './pattern-queries.ts';
import type {
  LineageQuery,
  PatternLineage,
  PatternQuery,
  TrackedPattern,
} from './pattern-query.ts';
import type { LineageClient } from '../delivery/lineage/lineage-client.ts';
import type { TrackerLog } from '../log/tracker-log.ts';

/** The cache of the server's answers. It is in tracker.db, so every process uses the same one. */
export interface PatternCache {
  /** The most answers to keep: `pattern_tracking.cache_size`. */
  readonly size: number;
  /** The number of answers now. */
  readonly length: number;
  /** How long an answer is kept, in seconds: `pattern_tracking.cache_ttl`. */
  readonly ttl: number;
  /** The share of look-ups that found an answer, 0 to 1; null before the first look-up. */
  readonly hitRate: number | null;
  /** Removes every answer; returns their number. */
  clear(): number;
  /** Removes answers that are older than `ttl`; returns their number. */
  cleanup(): number;
  /** The figures for `JSON.stringify`, with the same units. */
  toJSON(): {
    size: number;
    entries: number;
    ttl: number;
    hit_rate: number | null;
  };
}

/**
 * Records patterns and answers queries about them. Its whole state is in tracker.db, so every process sees the
 * same. The constructor reads no file and opens nothing; the first call does.
 *
 * @example
 * await using tracker = new PatternTracker();
 * const id = await tracker.trackPatternCreation({ code, context: { filePath: 'src/queue.ts' } });
 */
export class PatternTracker {
  readonly #options: PatternTrackerOptions;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #clock: Clock;
  readonly #running = new Set<Promise<unknown>>();
  readonly #retired: LineageClient[] = [];
  #timeout: number | undefined;
  #loaded: Loaded | undefined;
  #redactor: Redactor | undefined;
  #policy: DeclarationPolicy | undefined;
  #client: LineageClient | undefined;
  #closing: Promise<void> | undefined;

  /** @throws TrackerError E_ARGUMENT, E_NO_HOME */
  constructor(options: PatternTrackerOptions = {}) {
    const { env, clock } = options ?? {}; // JavaScript may pass null, which is refused below
    this.#env = env ?? process.env; // oxlint-disable-line node/no-process-env -- the library's edge
    checkLibraryOptions(options, this.#env);
    this.#options = options;
    this.#clock = clock ?? systemClock;
  }

  /**
   * The longest time for a request to the server, in seconds. Set it to a number above 0 and at most 600;
   * requests in flight keep the old one.
   */
  get timeout(): number {
    return this.#timeout ?? this.#config.pattern_tracking.timeout;
  }

  /** @throws TrackerError E_ARGUMENT */
  set timeout(seconds: number) {
    this.#timeout = checkTimeout(seconds);
    if (this.#client) this.#retired.push(this.#client); // it may have requests in flight
    this.#client = undefined;
  }

  /** The server to ask; null if none is configured. */
  get baseUrl(): string | null {
    return this.#config.api.base_url;
  }

  /** The circuit breaker of the server, as every process sees it. */
  get circuitBreaker(): CircuitBreaker {
    const breaker = () => this.#use(({ delivery }) => delivery.breaker);
    return new CircuitBreaker(breaker, breakerPolicy(this.#config));
  }

  /** The cache of the server's answers, as every process sees it. */
  get patternCache(): PatternCache {
    return this.#use(({ cache }) => cache);
  }

  /**
   * Records code that was written; code that is known already is recorded as used again. Like all `track…`
   * methods, it resolves with the pattern's id once the record is committed.
   *
   * @throws TrackerError E_ARGUMENT; E_DATABASE_… when tracker.db cannot be written; E_CLOSED after `close`
   */
  async trackPatternCreation(creation: declared.PatternCreation): Promise<string> {
    return this.#track(() => declaration.declaredCreation(creation));
  }

  /** Records code that was made from a known pattern. @throws TrackerError E_UNKNOWN_PATTERN too */
  async trackPatternModification(modification: declared.PatternModification): Promise<string> {
    return this.#track(() => declaration.declaredModification(modification));
  }

  /** Records that a known pattern was used. @throws TrackerError E_UNKNOWN_PATTERN too */
  async trackPatternApplication(application: declared.PatternApplication): Promise<string> {
    return this.#track(() => declaration.declaredApplication(application));
  }

  /** Records code that was made from several patterns. @throws TrackerError E_UNKNOWN_PATTERN too */
  async trackPatternMerge(merge: declared.PatternMerge): Promise<string> {
    return this.#track(() => declaration.declaredMerge(merge));
  }

  /** Records a variant that is used alongside its parent. @throws TrackerError E_UNKNOWN_PATTERN too */
  async trackPatternFork(fork: declared.PatternFork): Promise<string> {
    return this.#track(() => declaration.declaredFork(fork));
  }

  /** Records that a pattern should no longer be used. @throws TrackerError E_UNKNOWN_PATTERN too */
  async trackPatternDeprecation(deprecation: declared.PatternDeprecation): Promise<string> {
    return this.#track(() => declaration.declaredDeprecation(deprecation));
  }

  /**
   * The newest patterns, from the server while it works, else from this machine; each names its `source`. An
   * unreachable server is no error.
   *
   * @throws TrackerError E_ARGUMENT; E_DATABASE_…; E_TOKEN…, E_CA_FILE, E_BASE_URL, E_INSECURE_URL or
   *   E_PROXY_URL when the configuration of the server cannot be used; E_ENVIRONMENT inside a Claude Code
   *   session when a variable would decide which server is asked
   */
  async queryPatterns(query?: PatternQuery): Promise<TrackedPattern[]> {
    return this.#run((queries) => queries.patterns(query));
  }

  /**
   * The ancestors or the descendants of a pattern; undefined if neither the server nor this machine knows it.
   *
   * @throws TrackerError as `queryPatterns`
   */
  async getLineage(patternId: string, query?: LineageQuery): Promise<PatternLineage | undefined> {
    return this.#run((queries) => queries.lineage(patternId, query));
  }

  /**
   * Finds a text in the code that Claude wrote on this machine, or in prompts, commands, errors and names of files: whole
   * words first, then the newest. What only this library declared is not searched.
   *
   * @throws TrackerError E_ARGUMENT; E_DATABASE_…
   */
  async searchPatterns(query: TextQuery): Promise<FoundText[]> {
    return this.#use(({ database }) => foundTexts(database, query));
  }

  /**
   * Finds code of Claude on this machine that is like a code, also with other names or another layout: the most similar
   * first. Code of less than four words and signs is like nothing. What only this library declared is not compared.
   *
   * @throws TrackerError E_ARGUMENT; E_DATABASE_…
   */
  async findSimilar(query: SimilarQuery): Promise<SimilarCode[]> {
    return this.#use(({ database }) => similarCode(database, query));
  }

  /** The health of recording and delivery, from what is stored; opens no connection. */
  getHealthSummary(): HealthSummary {
    return this.#health(this.#load());
  }

  /** The health of recording and delivery, after asking the server. @throws TrackerError E_ENVIRONMENT */
  async checkHealth(): Promise<HealthSummary> {
    const loaded = this.#load();
    this.#route(loaded.settings);
    if (!canProbe(LINEAGE, loaded.settings.config)) return this.#health(loaded);
    return this.#during(async () => {
      const client = await this.#openClient(loaded);
      const { status, detail } = await client.health();
      return this.#health(loaded, { isWell: status === 'healthy', detail });
    });
  }

  /** How delivery went since the last reset, over all processes. @throws TrackerError E_DATABASE_… */
  getErrorMetrics(): ErrorMetrics {
    return this.#use(readErrorMetrics);
  }

  /** Sets the error metrics back to 0, for every process. @throws TrackerError E_DATABASE_… */
  resetErrorMetrics(): void {
    this.#use((store) => resetErrorMetrics(store, this.#clock()));
  }

  /** Waits for running calls, then closes tracker.db and all connections. Later calls fail with E_CLOSED. */
  async close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** The same as `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #config(): Config {
    return this.#load().settings.config;
  }

  #load(): Loaded {
    if (this.#closing) {
      throw new TrackerError('E_CLOSED', 'this PatternTracker is closed', {
        hint: 'Make a new one.',
      });
    }
    return (this.#loaded ??= this.#read());
  }

  #read(): Loaded {
    const env = this.#env;
    const settings = librarySettings(this.#options, env);
    const { machine = hostname() } = this.#options;
    // Only what is declared is cleaned, and by then there is a redactor.
    const clean = (text: string) => this.#redactor?.redactText(text).text ?? '';
    const store = new LibraryStore({ ...settings, clock: this.#clock, machine, clean });
    return { settings, store, nudge: new CourierNudge({ paths: settings.paths, env }) };
  }

  /**
   * Made only when something is declared, because its rules take time to prepare.
   *
   * @throws TrackerError E_CONFIG for an expression of the user's that cannot be used
   */
  async #openRedactor({ config }: LibrarySettings): Promise<Redactor> {
    const opened = this.#redactor ?? (await openRedactor(config.redaction));
    return (this.#redactor ??= opened);
  }

  #use<T>(work: (store: OpenLibraryStore) => T): T {
    return this.#load().store.use(work);
  }

  #health({ settings, store }: Loaded, probe?: SinkProbe): HealthSummary {
    try {
      return store.use(({ database, delivery, cache }) => {
        const sinks = [readSinkFacts(database, LINEAGE, this.#clock(), delivery)];
        return healthSummary({
          config: settings,
          stored: { sinks, elsewhere: [], cacheEntries: cache.length },
          probes: probe && new Map([[LINEAGE, probe]]),
        });
      });
    } catch (error) {
      const hint = error instanceof TrackerError && error.hint ? ` ${error.hint}` : '';
      return unhealthySummary({ config: settings }, `${errorMessage(error)}.${hint}`);
    }
  }

  async #track(declare: () => declared.Declaration): Promise<string> {
    const { settings, store, nudge } = this.#load();
    const { config, courier } = settings;
    return this.#during(async () => {
      const redactor = await this.#openRedactor(settings);
      const declaration = withoutPrivate(declare());
      const clean = cleanDeclaration(declaration, redactor, config.patterns.id_scheme);
      if (!config.pattern_tracking.enabled) return clean.patternId;
      const projects = new ProjectFinder(this.#clock, (text) => redactor.redactText(text).text);
      this.#policy ??= new DeclarationPolicy(config.capture, projects);
      if (!this.#policy.keeps(declaration)) return clean.patternId;
      store.use(({ recorder }) => recorder.record(clean));
      if (LINEAGE.delivers(courier.config) && this.#options.startCourier !== false) nudge.give();
      return clean.patternId;
    });
  }

  async #run<T>(ask: (queries: PatternQueries) => Promise<T>): Promise<T> {
    const loaded = this.#load();
    const { settings, store } = loaded;
    return this.#during(async () => {
      try {
        this.#route(settings);
        const { database, delivery, cache } = store.use((open) => open);
        const queries = new PatternQueries({
          database,
          delivery,
          cache,
          baseUrl: settings.config.api.base_url,
          client: async () => this.#openClient(loaded),
          log: async (note) => this.#log(settings, note),
        });
        return await ask(queries);
      } catch (error) {
        throw store.fault(error);
      }
    });
  }

  /** Makes `close` wait until `work` has ended. */
  async #during<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #openClient({ settings }: Loaded): Promise<LineageClient> {
    const { config } = settings;
    const proxy = this.#route(settings);
    // Loaded only now, because it takes longer than all the rest, and most callers never need it.
    const { openLineageClient } = await import('../delivery/lineage/open-lineage.ts');
    const timeout = this.#timeout ?? config.pattern_tracking.timeout;
    return (this.#client ??= openLineageClient({
      config: { ...config, pattern_tracking: { ...config.pattern_tracking, timeout } },
      clock: this.#clock,
      proxy,
    }));
  }

  /** @throws TrackerError E_ENVIRONMENT */
  #route(settings: LibrarySettings): ProxySettings {
    return requestRoute(settings, {
      env: this.#env,
      allowsEnv: this.#options.allowEnv === true,
      sinks: [LINEAGE],
      consent: 'the option allowEnv of PatternTracker',
    });
  }

  /** Opens the log for one line and closes it again, because an open log would keep the process alive. */
  async #log(settings: LibrarySettings, note: (log: TrackerLog) => void): Promise<void> {
    const { paths, config } = settings;
    const { openLog } = await import('../log/pino-log.ts');
    const redactor = await this.#openRedactor(settings);
    const log = openLog(paths, config.logging, {
      clock: this.#clock,
      pid: process.pid,
      clean: (text) => redactor.redactText(text).text,
    });
    note(log);
    await log.close();
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#running);
    const clients = this.#client ? [...this.#retired, this.#client] : this.#retired;
    await Promise.all(clients.map(async (client) => client.close()));
    this.#loaded?.store.close();
  }
}

// --- internal ---

interface Loaded {
  readonly settings: LibrarySettings;
  readonly store: LibraryStore;
  readonly nudge: CourierNudge;
}
