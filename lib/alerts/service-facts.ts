/** What a service counts while it runs, as it is at one moment. */
export interface ServiceFigures {
  readonly isStoreUp: boolean;
  /** Events that wait or are being written. */
  readonly queued: number;
  readonly requests: number;
  /** Of these, those that were answered with 5xx. */
  readonly failed: number;
  /** How many requests took at most this long, in seconds; not more than the one before. */
  readonly durations: readonly { readonly upTo: number; readonly count: number }[];
}

/** How a service has done in the last minutes. */
export interface ServiceFacts {
  readonly isStoreUp: boolean;
  readonly queued: number;
  /** How many events more wait than at the beginning. */
  readonly queueGrowth: number;
  readonly requests: number;
  readonly failed: number;
  /** How long 95 of 100 requests took at most, in seconds; null without a request. */
  readonly p95Seconds: number | null;
}

/** The difference between two moments. */
export function serviceFacts(from: ServiceFigures, to: ServiceFigures): ServiceFacts {
  const counts = to.durations.map(({ upTo, count }, index) => ({
    upTo,
    count: count - (from.durations[index]?.count ?? 0),
  }));
  const requests = to.requests - from.requests;
  const timed = Math.max(0, ...counts.map(({ count }) => count));
  const p95 = counts.find(({ count }) => timed > 0 && count >= timed * 0.95);
  return {
    isStoreUp: to.isStoreUp,
    queued: to.queued,
    queueGrowth: to.queued - from.queued,
    requests,
    failed: to.failed - from.failed,
    p95Seconds: p95?.upTo ?? null,
  };
}
