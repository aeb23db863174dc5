import { join } from 'node:path';
import { openRedactor } from '../../redact/own/open-redactor.ts';
import { readDatabase } from '../../store/database/read-database.ts';

/** A service on loopback, in this process, so that it ends with it. */
export interface ThrowawayServer {
  readonly url: string;
  /** How many lineage events it has taken. */
  readonly received: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a service with a database of its own in `folder`. */
export async function startThrowawayServer(folder: string): Promise<ThrowawayServer> {
  const [{ createServiceLog }, { startService }, { openServiceStore }] = await Promise.all([
    import('../../service/service-log.ts'),
    import('../../service/service.ts'),
    import('../../service/store/store-opening.ts'),
  ]);
  const database = join(folder, 'service.db');
  const service = await startService({
    store: await openServiceStore(database),
    log: createServiceLog({ level: 'silent', withRequests: false }),
    redactor: await openRedactor({ rules: [], allow: [] }),
    host: '127.0.0.1',
    port: 0,
    rateLimit: 0,
    allowedHosts: [],
    allowInsecure: false,
    withProcessMetrics: false,
    tls: undefined,
  });
  return {
    url: service.url,
    received: () =>
      readDatabase(database, (opened) =>
        opened.prepare<[], number>('SELECT count(*) FROM lineage_events').pluck().get(),
      ) ?? 0,
    close: async () => await service.close(),
  };
}
