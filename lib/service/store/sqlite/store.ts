import { dirname, join } from 'node:path';
import { errorMessage, TrackerError } from '../../../base/errors.ts';
import { DEFAULT_TENANT, TENANT_NAME } from '../pattern-store.ts';
import type { PatternStore, ServiceStore, StoreHealth } from '../pattern-store.ts';
import { SqliteFile } from './connection.ts';
import { SqlitePatternStore } from './pattern-store.ts';
import { SqliteTokens } from './tokens.ts';

/**
 * A service on SQLite: `path`, which may be a person's own tracker.db, holds the default tenant and the
 * tokens; every other tenant has a file of its own in `tenants/` beside it.
 *
 * @throws TrackerError as `openDatabase`
 */
export function openSqliteStore(path: string): ServiceStore {
  const main = new SqliteFile(path);
  main.open();
  const files = [main];
  const tenants = new Map<string, PatternStore>([[DEFAULT_TENANT, new SqlitePatternStore(main)]]);

  function tenant(name: string): PatternStore {
    const known = tenants.get(name);
    if (known) return known;
    if (!TENANT_NAME.test(name)) {
      throw new TrackerError('E_TENANT', `"${name}" is no name for a tenant`, {
        hint: 'Use lower case letters, digits, - and _, 63 at most.',
      });
    }
    const file = new SqliteFile(join(dirname(path), 'tenants', `${name}.db`));
    const store = new SqlitePatternStore(file);
    files.push(file);
    tenants.set(name, store);
    return store;
  }

  async function health(): Promise<StoreHealth> {
    try {
      await main.read((database) => database.prepare('SELECT 1 FROM meta LIMIT 1').get());
      return { isWell: true, detail: 'operational', pool: null };
    } catch (error) {
      return { isWell: false, detail: errorMessage(error), pool: null };
    }
  }

  return {
    kind: 'sqlite',
    tenant,
    tokens: new SqliteTokens({ read: main.read.bind(main), write: main.write.bind(main) }),
    health,
    close: async () => {
      for (const file of files) file.close();
    },
  };
}
