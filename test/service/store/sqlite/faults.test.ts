import { expect, test } from 'vitest';
import { TrackerError } from '../../../../lib/base/errors.ts';
import { faultKind } from '../../../../lib/service/store/sqlite/faults.ts';
import { StoreUnavailableError } from '../../../../lib/service/store/store-unavailable-error.ts';

test.each([
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'locked'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'locked'],
  ['SQLITE_FULL', 'unavailable'],
  ['SQLITE_CORRUPT', 'unavailable'],
  ['ENOSPC', 'unavailable'],
  ['SQLITE_ERROR', 'fault'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'fault'],
  ['ERR_INVALID_ARG_TYPE', 'fault'],
])('%s means %s', (code, kind) => {
  expect(faultKind(Object.assign(new Error(), { code }))).toBe(kind);
});

test('a file that cannot be opened is unavailable, and what says so already is passed on', () => {
  expect(faultKind(new TrackerError('E_DATABASE_CORRUPT', 'corrupt'))).toBe('unavailable');
  expect(faultKind(new StoreUnavailableError('closed'))).toBe('fault');
  expect(faultKind('a text')).toBe('fault');
});
