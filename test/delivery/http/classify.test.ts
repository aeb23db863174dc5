import { describe, expect, it } from 'vitest';
import { TrackerError } from '../../../lib/base/errors.ts';
import {
  classify,
  concernsSetup,
  isOverloaded,
  refusesCredentials,
  unanswered,
  undelivered,
} from '../../../lib/delivery/http/classify.ts';
import { NoReplyError } from '../../../lib/delivery/http/no-reply-error.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
type Row = [status: number, cause: string | undefined, serverFault: boolean];

describe('a reply in the words of its sink', () => {
  const rows: Row[] = [
    [200, undefined, false],
    [202, undefined, false],
    [204, undefined, false],
    [207, undefined, false],
    [299, undefined, false],
    [301, 'redirect', true],
    [304, 'redirect', true],
    [308, 'redirect', true],
    [400, 'refused', false],
    [401, 'refused', false],
    [403, 'refused', false],
    [404, 'refused', false],
    [405, 'refused', false],
    [407, 'refused', false],
    [408, 'unwell', false],
    [409, 'refused', false],
    [413, 'refused', false],
    [415, 'refused', false],
    [422, 'refused', false],
    [429, 'unwell', false],
    [500, 'unwell', true],
    [502, 'unwell', true],
    [503, 'unwell', true],
    [504, 'unwell', true],
    [599, 'unwell', true],
  ];
  it.each(rows)('with the status %i: %s, a fault of the server: %s', (status, cause, fault) => {
    const failure = classify({ status, headers: {} }, true, NOW);
    expect(failure?.cause).toBe(cause);
    expect(failure?.serverFault ?? false).toBe(fault);
  });
});

describe('a reply of something else', () => {
  const rows: Row[] = [
    [200, 'foreign', true],
    [204, 'foreign', true],
    [302, 'redirect', true],
    [400, 'foreign', true],
    [401, 'refused', false],
    [403, 'refused', false],
    [404, 'foreign', true],
    [405, 'foreign', true],
    [407, 'refused', false],
    [408, 'unwell', false],
    [413, 'refused', false],
    [422, 'foreign', true],
    [429, 'unwell', false],
    [502, 'unwell', true],
  ];
  it.each(rows)('with the status %i: %s, a fault of the server: %s', (status, cause, fault) => {
    const failure = classify({ status, headers: {} }, false, NOW);
    expect([failure?.cause, failure?.serverFault]).toEqual([cause, fault]);
  });
});

it.each([
  [429, '7', 7_000],
  [503, 'Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
  [408, 'soon', undefined],
  [400, '7', undefined],
  [302, '7', undefined],
])('a %i with Retry-After: %s asks for a wait of %s ms', (status, header, ms) => {
  for (const isOwn of [true, false]) {
    const failure = classify({ status, headers: { 'retry-after': header } }, isOwn, NOW);
    expect(failure?.retryAfterMs).toBe(ms);
  }
});

describe('an event', () => {
  it('is only refused for good by a refusal', () => {
    const causes = ['redirect', 'unwell', 'refused', 'foreign'] as const;
    const kinds = causes.map((cause) => undelivered({ cause, serverFault: true }, 400, 'no').kind);
    expect(kinds).toEqual(['retry', 'retry', 'rejected', 'retry']);
  });

  it('waits as long as it is asked to', () => {
    const failure = { cause: 'unwell', serverFault: false, retryAfterMs: 5 } as const;
    const outcome = { kind: 'retry', status: 429, message: 'busy', retryAfterMs: 5 };
    expect(undelivered(failure, 429, 'busy')).toEqual(outcome);
  });

  it('without a reply waits, by the fault of whoever did not give it up', () => {
    const faultOf = (error: Error, isClosed = false) => unanswered(error, isClosed).serverFault;
    expect(faultOf(new NoReplyError('cut'))).toBe(true);
    expect(faultOf(new NoReplyError('cut'), true)).toBe(false);
    expect(faultOf(new NoReplyError('given up', { isAborted: true }))).toBe(false);
    expect(faultOf(new TrackerError('E_TOKEN_FILE', 'no token'))).toBe(true);
    expect(() => unanswered(new RangeError('a bug'), false)).toThrow('a bug');
  });
});

it('some statuses concern more than the event', () => {
  const statuses = [200, 400, 401, 403, 404, 405, 407, 413, 422, 429, 500, 503];
  expect(statuses.filter(refusesCredentials)).toEqual([401, 403]);
  expect(statuses.filter(concernsSetup)).toEqual([401, 403, 404, 405, 407]);
  expect(statuses.filter(isOverloaded)).toEqual([429, 503]);
});
