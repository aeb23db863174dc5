import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { isCorruption } from './database.ts';

/** What kind of trouble SQLite's (or the system's) error is, and what helps. */
interface Fault {
  readonly code: string;
  readonly hint: string;
}

/** A TrackerError, naming the file and saying what helps, for an error that came of using `path`. */
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
  hint: '`pattern-tracker repair` makes a sound one of it, and keeps the damaged one.',
};

const UNUSABLE: Fault = {
  code: 'E_DATABASE_UNUSABLE',
  hint: '`pattern-tracker doctor` says more.',
};

/** By SQLite's code, the extended ones of which begin alike, or the system's. */
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
      hint: 'Another program holds it locked; try again once that has ended.',
    },
  ],
  [
    /^(?:SQLITE_IOERR|EIO)/,
    {
      code: 'E_DATABASE_IO',
      hint: 'Look whether the disk is full or failing; `pattern-tracker doctor` says more.',
    },
  ],
];
