import { expect, it } from 'vitest';
import { faultKind } from '../../../../lib/service/store/postgres/faults.ts';

it.each([
  [
    'two replicas that drop an index at once',
    'XX000',
    'tuple concurrently updated',
    {},
    'conflict',
  ],
  [
    'an index that another replica makes',
    '23505',
    'duplicate key',
    { schema_name: 'pg_catalog' },
    'conflict',
  ],
  ['a row that is there already', '23505', 'duplicate key', { schema_name: 'public' }, 'fault'],
  ['a fault within the server', 'XX000', 'cache lookup failed', {}, 'fault'],
  ['two transactions that wait for each other', '40P01', 'deadlock detected', {}, 'conflict'],
])('judges %s', (_, code, message, more, kind) => {
  expect(faultKind(Object.assign(new Error(message), { code }, more))).toBe(kind);
});
