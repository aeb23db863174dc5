import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { parsePostgresUrl } from '../../../../../lib/service/store/postgres/servers/url.ts';

test('a URL names a server, a user, a database and settings of the session', () => {
  expect(
    parsePostgresUrl('postgresql://me:p%40ss:w@db.example:6432/tracker?search_path=app'),
  ).toMatchObject({
    hosts: [{ host: 'db.example', port: 6432 }],
    user: 'me',
    password: 'p@ss:w',
    database: 'tracker',
    settings: { search_path: 'app' },
    sessionAttributes: undefined,
    label: 'db.example:6432/tracker',
  });
});

test('a URL of several servers wants the one that takes writes', () => {
  expect(parsePostgresUrl('postgres://u@a,b:5433,[::1]:5434/x')).toMatchObject({
    hosts: [
      { host: 'a', port: 5432 },
      { host: 'b', port: 5433 },
      { host: '::1', port: 5434 },
    ],
    sessionAttributes: 'read-write',
  });
});

test('a URL may name the folder of a socket', () => {
  expect(parsePostgresUrl('postgres:///x?host=/run/postgresql&port=5433')).toMatchObject({
    hosts: [{ host: '/run/postgresql', port: 5433 }],
    database: 'x',
    settings: {},
  });
});

test('a URL says whether statements are prepared, for poolers that lend a connection for a transaction', () => {
  expect(parsePostgresUrl('postgres://u@h/x').prepares).toBeUndefined();
  const target = parsePostgresUrl('postgres://u@h/x?prepare=false');
  expect(target).toMatchObject({ prepares: false, settings: {} });
});

test.each([
  ['', 'prefer'],
  ['?sslmode=disable', false],
  ['?sslmode=require&channel_binding=require', 'require'],
  ['?sslmode=verify-full', { rejectUnauthorized: true }],
])('a URL that ends in %j says so much of TLS: %j', (end, tls) => {
  const target = parsePostgresUrl(`postgres://u@h/x${end}`);
  expect(target.tls).toEqual(tls);
  expect(target.settings).toEqual({});
});

test('a certificate of a known authority is wanted, whatever its name, with verify-ca', () => {
  expect(parsePostgresUrl('postgres://u@h/x?sslmode=verify-ca').tls).toMatchObject({
    rejectUnauthorized: true,
    checkServerIdentity: expect.any(Function),
  });
});

test.each([
  'mysql://u:secret@h/x',
  'postgres://u:sec/ret@h/x',
  'postgres://u:secret@h:port/x',
  'postgres://u:secret@h/x?sslmode=perhaps',
  'postgres://u:secret@h/x?sslmode=verify-ca&sslrootcert=/no/such/file',
  'postgres://u:secret@h/x?target_session_attrs=some',
  'postgres://u:secret@h/x?pool_size=many',
  'postgres://u:secret@h/x?prepare=no',
])('the URL %j is refused without its password', (url) => {
  let thrown: unknown;
  try {
    parsePostgresUrl(url);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'E_DATABASE_URL' });
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toMatch(/secret|sec\/ret/);
});
