import type { Database } from '../../../store/database/database.ts';

/**
 * Keeps what `make` returns for each open database, such as prepared statements. It is made again when the
 * file was replaced and another one is open.
 */
export function perDatabase<T>(make: (database: Database) => T): (database: Database) => T {
  const made = new WeakMap<Database, { readonly value: T }>();
  return (database) => {
    const known = made.get(database);
    if (known) return known.value;
    const value = make(database);
    made.set(database, { value });
    return value;
  };
}
