import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { databaseFault } from '../../store/database/database-fault.ts';
import { openPostgresStore } from './postgres/store.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { ServiceStore } from './service-store.ts';

/** How a store is opened. */
export interface StoreOpeningOptions {
  /** How long a call that the store cannot serve is tried again, in milliseconds. @default each store's own */
  readonly patienceMs?: number;
  /** `never`: fail if the tables are not those of this version. PostgreSQL only. @default auto */
  readonly migrate?: 'auto' | 'never';
  /** The `postgres://…` of a standby that answers questions. PostgreSQL only. @default none */
  readonly readUrl?: string | undefined;
}

/**
 * Opens the store of a service.
 *
 * @param place `postgres://…` or the path of an SQLite file
 * @throws TrackerError that says why it cannot be opened
 */
export async function openServiceStore(
  place: string,
  options: StoreOpeningOptions = {},
): Promise<ServiceStore> {
  if (isPostgres(place)) return openPostgresStore(place, options);
  if (isOtherUrl(place)) {
    throw new TrackerError(
      'E_DATABASE_URL',
      `"${place.split(':')[0]}:" is no database that is known`,
      {
        hint: 'Give the path of an SQLite file, or postgres://USER:PASSWORD@HOST/DATABASE.',
      },
    );
  }
  if (options.readUrl !== undefined || options.migrate === 'never') {
    throw new TrackerError(
      'E_DATABASE_OPTION',
      'An SQLite file has no standby, and is always migrated',
      {
        hint: 'Leave --read-database and --migrate never out, or give a postgres:// URL with --database.',
      },
    );
  }
  try {
    return openSqliteStore(place, options);
  } catch (error) {
    if (errorCode(error) !== 'E_DATABASE_CORRUPT') {
      throw errorCode(error) === undefined ? error : databaseFault(place, error);
    }
    // The courier would move a corrupt file aside; a service must not.
    throw new TrackerError('E_DATABASE_CORRUPT', errorMessage(error), {
      hint: 'Restore a backup with `pattern-tracker restore`, or mend the file with `pattern-tracker repair`.',
      cause: error,
    });
  }
}

/** `place` for people: the path, or the server's address without user, password and parameters. */
export function placeForPeople(place: string): string {
  if (isOtherUrl(place)) return `${place.split(':')[0]}:`;
  if (!isPostgres(place)) return place;
  try {
    const { hostname, port, pathname } = new URL(place);
    return `PostgreSQL at ${hostname}${port && `:${port}`}${pathname}`;
  } catch {
    return 'PostgreSQL';
  }
}

// --- internal ---

/** Matches slips such as `postgres:user:password@host`, which must not become the name of a file. */
function isOtherUrl(place: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(place) && !isPostgres(place);
}

function isPostgres(place: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(place);
}
