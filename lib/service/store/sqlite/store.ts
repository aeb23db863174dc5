import { dirname, join } from 'node:path';
import type { ServiceStore } from '../service-store.ts';
import { DEFAULT_TENANT, Tenants } from '../tenants.ts';
import { SqliteConnection } from './connection.ts';
import type { SqliteConnectionOptions } from './connection.ts';
import { SqlitePatternStore } from './pattern-store.ts';
import { SqliteAuditStore } from './accounting/audit-store.ts';
import { SqliteRetentionStore } from './accounting/retention-store.ts';
import { SqliteTokenStore } from './accounting/token-store.ts';

/**
 * Opens a service's store on SQLite: `path`, which may be a person's own tracker.db, holds the default
 * tenant and the tokens; every other tenant has a file of its own in `tenants/` beside it.
 *
 * @throws TrackerError as `openDatabase`
 */
export function openSqliteStore(path: string, options: SqliteConnectionOptions = {}): ServiceStore {
  const main = new SqliteConnection(path, options);
  main.open();
  const connections = [main];
  const tenants = new Tenants((name) => {
    if (name === DEFAULT_TENANT) return new SqlitePatternStore(main);
    const own = new SqliteConnection(join(dirname(path), 'tenants', `${name}.db`), options);
    connections.push(own);
    return new SqlitePatternStore(own);
  });
  return {
    kind: 'sqlite',
    tenant: (name) => tenants.get(name),
    tokens: new SqliteTokenStore(main),
    audit: new SqliteAuditStore(main),
    retention: new SqliteRetentionStore(main),
    health: () => main.health(),
    close: async () => {
      for (const connection of connections) connection.close();
    },
  };
}
