import { readPatterns, readRelatives } from '../lineage-api/query-reply.ts';
import type { RepliedPattern } from '../lineage-api/query-reply.ts';
import type { CacheStore } from '../delivery/store/cache-store.ts';
import type { Database } from '../store/database/database.ts';
import { deprecatedAmong } from '../store/queries/deprecations.ts';
import { LINEAGE_LIMITS, lineageOf } from '../store/queries/lineage.ts';
import { listPatterns, patternById } from '../store/queries/patterns.ts';
import type { Answer, LineageClient } from '../delivery/lineage/lineage-client.ts';
import type { Attempt } from '../delivery/sink-client.ts';
import type { DeliveryStore } from '../delivery/store/delivery-store.ts';
import {
  checkLineageQuery,
  checkPatternId,
  checkPatternQuery,
  MAX_PATTERNS,
} from './pattern-query.ts';
import type {
  LineageQuery,
  PatternLineage,
  PatternQuery,
  PatternRelative,
  TrackedPattern,
} from './pattern-query.ts';
import type { TrackerLog } from '../log/tracker-log.ts';

/** Where answers come from. */
export interface PatternQueriesOptions {
  readonly database: Database;
  readonly cache: CacheStore;
  /** The server to ask; null if none is configured. */
  readonly baseUrl: string | null;
  /** Opens the server's client, or returns the open one. */
  readonly client: () => Promise<LineageClient>;
  readonly delivery: Pick<DeliveryStore, 'breaker' | 'metrics' | 'state' | 'transaction'>;
  /** Opens the log for `note` and closes it again. */
  readonly log: (note: (log: TrackerLog) => void) => Promise<void>;
}

/** Answers queries from the server while it works, else from tracker.db. */
export class PatternQueries {
  readonly #options: PatternQueriesOptions;

  constructor(options: PatternQueriesOptions) {
    this.#options = options;
  }

  /** The newest patterns that match `query`. @throws TrackerError E_ARGUMENT */
  async patterns(query?: PatternQuery): Promise<TrackedPattern[]> {
    const { limit, language, since } = checkPatternQuery(query);
    // The API only takes a limit, so the other conditions are applied here.
    const isChosen = language !== undefined || since !== undefined;
    const asked = isChosen ? MAX_PATTERNS : limit;
    const answer = await this.#ask(
      `patterns ${asked}`,
      async (client) => client.patterns(asked),
      readPatterns,
    );
    if (!answer) return this.#localPatterns(limit, language, since);
    const isWanted = (pattern: RepliedPattern) =>
      (language === undefined || pattern.language?.toLowerCase() === language.toLowerCase()) &&
      (since === undefined || Date.parse(pattern.lastSeenAt ?? '') >= since);
    const { found, source } = answer;
    return found
      .filter(isWanted)
      .slice(0, limit)
      .map((pattern) => ({ ...pattern, source }));
  }

  /**
   * The ancestors or descendants of a pattern, nearest first; undefined if nobody knows the pattern.
   *
   * @throws TrackerError E_ARGUMENT
   */
  async lineage(patternId: string, query?: LineageQuery): Promise<PatternLineage | undefined> {
    const id = checkPatternId(patternId);
    const { direction, depth } = checkLineageQuery(query);
    const answer = await this.#ask(
      `lineage ${direction} ${id}`,
      async (client) => client.lineage(id, direction),
      (body) => readRelatives(body, id, direction),
    );
    if (!answer) return this.#localLineage(id, direction, depth);
    const isNear = (relative: PatternRelative) => (relative.depth ?? 1) <= depth;
    const { found, source } = answer;
    const relatives = found
      .filter(isNear)
      .toSorted((one, other) => (one.depth ?? 0) - (other.depth ?? 0));
    return { patternId: id, direction, relatives, source };
  }

  /** The server's answer, from the cache or fetched now; undefined if it cannot be asked or does not know. */
  async #ask<T>(
    key: string,
    call: (client: LineageClient) => Promise<Attempt<Answer>>,
    read: (body: unknown) => T | undefined,
  ): Promise<{ readonly found: T; readonly source: 'api' | 'cache' } | undefined> {
    const { cache, baseUrl, client: openClient, delivery, log } = this.#options;
    if (baseUrl === null) return undefined;
    const { breaker, metrics, state } = delivery;
    const address = `${baseUrl} ${key}`;
    // An answer from before our last events were delivered is out of date.
    const kept = cache.get(address, state.read().lastDeliveredAt ?? 0);
    const keptAnswer = kept === undefined ? undefined : read(parsed(kept));
    if (keptAnswer !== undefined) return { found: keptAnswer, source: 'cache' };
    const client = await openClient();
    const { permit } = breaker.acquire();
    if (!permit) return undefined;
    let attempt: Attempt<Answer>;
    try {
      attempt = await call(client);
    } catch (error) {
      breaker.release(permit); // it would expire only after a while, and until then nobody may probe
      throw error;
    }
    const { outcome, latencyMs, serverFault } = attempt;
    const reason = outcome.kind === 'data' ? undefined : outcome.message;
    const transition = delivery.transaction(() => {
      metrics.add('requests');
      metrics.observeLatency(latencyMs);
      if (serverFault) metrics.add('request_failures');
      return breaker.report(permit, { ok: !serverFault, latencyMs, reason });
    });
    if (transition) await log((lines) => lines.breakerMoved(transition));
    if (serverFault) await log((lines) => lines.apiUnavailable(reason ?? 'no reason'));
    const found = outcome.kind === 'data' ? read(outcome.data) : undefined;
    if (outcome.kind !== 'data' || found === undefined) return undefined;
    // Stored as it came, because another version of this program may read more from it.
    cache.set(address, JSON.stringify(outcome.data));
    await this.#warnWhenFull();
    return { found, source: 'api' };
  }

  async #warnWhenFull(): Promise<void> {
    const { cache, log } = this.#options;
    const { length, size } = cache;
    if (length === Math.ceil(size * HIGH_USAGE)) {
      await log((lines) => lines.highCacheUsage(length, size));
    }
  }

  #localPatterns(limit: number, language?: string, since?: number): TrackedPattern[] {
    const { database } = this.#options;
    const rows = listPatterns(database, { limit, language, since, sort: 'recent' });
    const deprecated = deprecatedAmong(
      database,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      language: row.language,
      filePath: row.filePath,
      lines: row.lines,
      generation: row.generation,
      lineageId: row.lineageId,
      occurrences: row.occurrences,
      firstSeenAt: new Date(row.firstSeenAt).toISOString(),
      lastSeenAt: new Date(row.lastSeenAt).toISOString(),
      isDeprecated: deprecated.has(row.id),
      source: 'local',
    }));
  }

  #localLineage(
    id: string,
    direction: 'ancestry' | 'descendants',
    depth: number,
  ): PatternLineage | undefined {
    const { database } = this.#options;
    if (!patternById(database, id)) return undefined;
    const lineage = lineageOf(database, id, { ...LINEAGE_LIMITS, depth });
    const nodes = direction === 'ancestry' ? lineage.ancestors : lineage.descendants;
    const relatives = nodes.map((node) => ({
      id: node.id,
      generation: node.generation,
      edgeType: node.edgeType,
      depth: node.depth,
    }));
    return { patternId: id, direction, relatives, source: 'local' };
  }
}

// --- internal ---

/** When this share of the cache is used, a line in the log says so. */
const HIGH_USAGE = 0.9;

/** Undefined if the text is not JSON, which happens only if someone has edited tracker.db. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
