import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { isCorruption } from './database.ts';

/** How a fault of SQLite or the system is reported: a code, and a hint that says what helps. */
interface Fault {
  readonly code: string;
  readonly hint: string;
}

/**
 * Turns an error from using the database at `path` into a TrackerError (`E_DATABASE_…`) that names the
 * file and says what helps. A TrackerError is returned unchanged.
 */
export function databaseFault(path: string, error: unknown): TrackerError {
  if (error instanceof TrackerError) return error;
  const { code, hint } = faultOf(error);
  return new TrackerError(code, `${path}: ${errorMessage(error)}`, { hint, cause: error });
}

// --- internal ---

function faultOf(error: unknown): Fault {
  if (isCorruption(error)) return CORRUPT;
  const code = errorCode(error) ?? '';
  const found = FAULTS.find(([pattern]) => pattern.test(code));
  return found ? found[1] : UNUSABLE;
}

const CORRUPT: Fault = {
  code: 'E_DATABASE_CORRUPT',
  hint: '`pattern-tracker repair` builds a sound database from it and keeps the damaged file.',
};

const UNUSABLE: Fault = {
  code: 'E_DATABASE_UNUSABLE',
  hint: '`pattern-tracker doctor` says more.',
};

/** By error code, of SQLite or the system. SQLite's extended codes begin with the basic one. */
const FAULTS: readonly (readonly [RegExp, Fault])[] = [
  [
    /^(?:SQLITE_FULL|ENOSPC|EDQUOT)/,
    { code: 'E_DATABASE_FULL', hint: 'Make room on that disk; nothing that was recorded is lost.' },
  ],
  [
    /^(?:SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS)/,
    {
      code: 'E_DATABASE_READONLY',
      hint: 'Make the file and its folder writable for you; `pattern-tracker doctor` says more.',
    },
  ],
  [
    /^(?:SQLITE_BUSY|SQLITE_LOCKED)/,
    {
      code: 'E_DATABASE_BUSY',
      hint: 'Another program has it locked; try again when that program has finished.',
    },
  ],
  [
    /^(?:SQLITE_IOERR|EIO)/,
    {
      code: 'E_DATABASE_IO',
      hint: 'Check whether the disk is full or failing; `pattern-tracker doctor` says more.',
    },
  ],
];
