import { bearerToken } from '../http/bearer-token.ts';
import type { Sink } from '../sink.ts';
import { erasePatterns } from './erasure.ts';
import { LineageFeed } from './lineage-feed.ts';
import { lineageUrl } from './lineage-url.ts';
import { retellPatterns } from './retelling.ts';

const NAME = 'http';

/** The sink for patterns: the server at `api.base_url`, which speaks the lineage API. */
export const LINEAGE: Sink = {
  name: NAME,
  noun: 'server',
  key: 'api.base_url',
  variable: 'INTELLIGENCE_SERVICE_URL',
  log: {
    unavailable: (log, reason) => log.apiUnavailable(reason),
    available: (log) => log.info('API available again'),
    breakerMoved: (log, transition) => log.breakerMoved(transition),
  },
  address: ({ api }) => api.base_url,
  delivers: ({ api, pattern_tracking }) => api.base_url !== null && pattern_tracking.enabled,
  lockPath: (paths) => paths.deliveryLock,
  checkAccess: ({ api }) => {
    const token = bearerToken({ token: api.token, tokenFile: api.token_file });
    const { base_url: baseUrl, allow_insecure: allowInsecure } = api;
    if (baseUrl !== null) lineageUrl({ baseUrl, token, allowInsecure });
  },
  patternFeed: (database, machine) => new LineageFeed(database, NAME, machine),
  erase: erasePatterns,
  retell: retellPatterns,
  probe: async (options) => {
    const { openLineageClient } = await import('./open-lineage.ts');
    const client = openLineageClient(options);
    try {
      const startedAt = performance.now();
      const { status, detail } = await client.health();
      const latencyMs = status === 'unreachable' ? undefined : performance.now() - startedAt;
      return { isWell: status === 'healthy', detail, latencyMs };
    } finally {
      await client.close();
    }
  },
  loadClient: async () => (await import('./open-lineage.ts')).openLineageClient,
};
