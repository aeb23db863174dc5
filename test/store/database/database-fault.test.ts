import { describe, expect, it } from 'vitest';
import { TrackerError } from '../../../lib/base/errors.ts';
import { databaseFault } from '../../../lib/store/database/database-fault.ts';

const thrown = (code: string) => Object.assign(new Error('what SQLite says'), { code });

describe('an error of tracker.db', () => {
  it.each([
    ['SQLITE_FULL', 'E_DATABASE_FULL', 'Make room'],
    ['ENOSPC', 'E_DATABASE_FULL', 'Make room'],
    ['SQLITE_READONLY_DBMOVED', 'E_DATABASE_READONLY', 'writable for you'],
    ['SQLITE_CANTOPEN', 'E_DATABASE_READONLY', 'writable for you'],
    ['EACCES', 'E_DATABASE_READONLY', 'writable for you'],
    ['SQLITE_IOERR_WRITE', 'E_DATABASE_IO', 'full or failing'],
    ['SQLITE_CORRUPT_VTAB', 'E_DATABASE_CORRUPT', 'pattern-tracker repair'],
    ['SQLITE_NOTADB', 'E_DATABASE_CORRUPT', 'pattern-tracker repair'],
    ['SQLITE_BUSY_SNAPSHOT', 'E_DATABASE_BUSY', 'has it locked'],
    ['SQLITE_CONSTRAINT_CHECK', 'E_DATABASE_UNUSABLE', 'pattern-tracker doctor'],
  ])('that is %s is %s, names the file and says what helps', (code, expected, hint) => {
    const fault = databaseFault('/d/tracker.db', thrown(code));
    expect(fault).toBeInstanceOf(TrackerError);
    expect(fault.code).toBe(expected);
    expect(fault.message).toBe('/d/tracker.db: what SQLite says');
    expect(fault.hint).toContain(hint);
  });

  it('stays what it is where it says already what helps', () => {
    const error = new TrackerError('E_DATABASE_NEWER', 'too new');
    expect(databaseFault('/d/tracker.db', error)).toBe(error);
  });
});
