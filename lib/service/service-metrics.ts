import { REMOVED_KINDS } from './store/rows/forgetting.ts';
import type { RemovedRows } from './store/rows/forgetting.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Where `ServiceMetrics` gets the numbers that it reads only when asked. */
export interface ServiceMetricsOptions {
  readonly queuedEvents: () => number;
  readonly isStoreUp: () => Promise<boolean>;
  /** In milliseconds, NaN while it is not known; undefined for a store without a standby. */
  readonly staleness?: (() => number) | undefined;
  /** Whether to add prom-client's metrics of the process. They watch the event loop, so tests leave them out. */
  readonly withProcess: boolean;
}

/** How the service does at one moment, for who judges it in the same process. Counts are since its start. */
export interface MetricFigures {
  readonly isStoreUp: boolean;
  /** Events that wait or are being written. */
  readonly queued: number;
  readonly requests: number;
  /** Of these, those that were answered with 5xx. */
  readonly failed: number;
  /** How many requests took at most this long, in seconds. */
  readonly durations: readonly { readonly upTo: number; readonly count: number }[];
}

/** What became of an event that was sent, as a label of the metric. */
export type IngestResult = 'created' | 'noted' | 'repeated' | 'refused' | 'failed';

/** The service's metrics for Prometheus. Labels have few values: a route is a path's pattern, never a path. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #options: ServiceMetricsOptions;
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #duration: Histogram<'method' | 'route'>;
  readonly #ingested: Counter<'result'>;
  readonly #commits: Counter;
  readonly #removed: Counter<'kind' | 'cause'>;
  readonly #retentionRuns: Counter<'result'>;
  readonly #auditLost: Counter;

  /** Starts with all counters at 0. */
  constructor(options: ServiceMetricsOptions) {
    this.#options = options;
    const { queuedEvents, isStoreUp, staleness, withProcess } = options;
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the head of a request to its answer.',
      labelNames: ['method', 'route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#ingested = new Counter({
      name: 'pattern_tracker_ingested_events_total',
      help: 'Events by what became of them.',
      labelNames: ['result'],
      registers,
    });
    this.#commits = new Counter({
      name: 'pattern_tracker_ingest_commits_total',
      help: 'Transactions that events were written in.',
      registers,
    });
    this.#removed = new Counter({
      name: 'pattern_tracker_removed_rows_total',
      help: 'Rows that were deleted, by kind; the cause is a request or retention.',
      labelNames: ['kind', 'cause'],
      registers,
    });
    this.#retentionRuns = new Counter({
      name: 'pattern_tracker_retention_runs_total',
      help: 'How often the old rows of a tenant were deleted.',
      labelNames: ['result'],
      registers,
    });
    this.#auditLost = new Counter({
      name: 'pattern_tracker_audit_lost_total',
      help: 'Entries that the audit log has lost, because more came than are held.',
      registers,
    });
    for (const result of ['done', 'failed']) this.#retentionRuns.inc({ result }, 0);
    for (const result of RESULTS) this.#ingested.inc({ result }, 0);
    new Gauge({
      name: 'pattern_tracker_ingest_queue_events',
      help: 'Events that wait or are being written.',
      registers,
      collect() {
        this.set(queuedEvents());
      },
    });
    new Gauge({
      name: 'pattern_tracker_store_up',
      help: '1 when the store takes requests.',
      registers,
      async collect() {
        this.set((await isStoreUp()) ? 1 : 0);
      },
    });
    if (staleness) {
      new Gauge({
        name: 'pattern_tracker_read_staleness_seconds',
        help: 'How old answers from the standby may be; NaN while that is not known.',
        registers,
        collect() {
          this.set(staleness() / 1_000);
        },
      });
    }
    if (withProcess) collectDefaultMetrics({ register: this.#registry });
  }

  /** Counts a request that was answered. `ms` is from its head to its reply. */
  observe(method: string, route: string, status: number, ms: number): void {
    const known = METHODS.has(method) ? method : 'other';
    this.#requests.inc({ method: known, route, status: String(status) });
    this.#duration.observe({ method: known, route }, ms / 1000);
  }

  /** Counts events by what became of them. */
  ingested(result: IngestResult, count = 1): void {
    if (count > 0) this.#ingested.inc({ result }, count);
  }

  /** Counts a transaction. */
  committed(): void {
    this.#commits.inc();
  }

  /** Counts rows that were deleted. */
  removed(cause: 'request' | 'retention', rows: RemovedRows): void {
    for (const kind of REMOVED_KINDS) this.#removed.inc({ kind, cause }, rows[kind]);
  }

  /** Counts that the old rows of a tenant were deleted, or could not be. */
  retentionRun(result: 'done' | 'failed'): void {
    this.#retentionRuns.inc({ result });
  }

  /** Counts entries that the audit log has lost. */
  auditLost(entries: number): void {
    this.#auditLost.inc(entries);
  }

  /** The numbers by which alerts judge the service. */
  async figures(): Promise<MetricFigures> {
    const { queuedEvents, isStoreUp } = this.#options;
    const requests = (await this.#requests.get()).values;
    const durations = new Map<number, number>();
    for (const { metricName, labels, value } of (await this.#duration.get()).values) {
      if (!metricName?.endsWith('_bucket')) continue;
      const { le } = labels as { readonly le?: string | number };
      const upTo = le === '+Inf' ? Infinity : Number(le);
      durations.set(upTo, (durations.get(upTo) ?? 0) + value);
    }
    const sum = (of: typeof requests) => of.reduce((total, { value }) => total + value, 0);
    return {
      isStoreUp: await isStoreUp(),
      queued: queuedEvents(),
      requests: sum(requests),
      failed: sum(requests.filter(({ labels }) => String(labels.status).startsWith('5'))),
      durations: [...durations].map(([upTo, count]) => ({ upTo, count })),
    };
  }

  /** The `Content-Type` of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

// --- internal ---

const RESULTS: readonly IngestResult[] = ['created', 'noted', 'repeated', 'refused', 'failed'];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);
