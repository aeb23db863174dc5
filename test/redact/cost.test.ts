import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';

const redactor = createRedactor();

describe('texts made to be slow', () => {
  const KIB = 2 ** 10;
  const fill = (unit: string, kib = 256) => unit.repeat(Math.ceil((kib * KIB) / unit.length));

  /** The processor's time, which no other process changes much. */
  function costOf(text: string): number {
    const started = process.cpuUsage();
    redactor.redactText(text);
    const { user, system } = process.cpuUsage(started);
    return user + system;
  }
  /** The dearest text costs a sixth of this, and one that a rule is quadratic for many times as much. */
  const most = 100 * costOf(fill('The quick brown fox jumps over the lazy dog.\n', 1024));

  it.each([
    'a',
    ' ',
    '=',
    '"',
    '\\',
    '\n',
    '-',
    '/',
    ':',
    'é',
    '[redacted:x]',

    'password',
    'password=',
    'token=a',
    'token="',
    'token="a1',
    "secret='\\",
    '--token ',
    'auth_auth',

    'PASSWORD=a1',
    '<password>',
    'token: a1 ',
    'password_key_key_key',
    'apikey:x=',
    'password:a ',

    '://',
    '://a:',
    '://a:b',
    '://a:bbbb@',
    'https://a:bbbb@c',
    'mysql://a:',
    ':x-oauth-basic@',
    'https://',

    'eyJ',
    'eyJaaaaaaaa.',
    'eyJaaaaaaaa.eyJaaaaaaaa.',
    '.eyJ',
    'bearer ',
    'Bearer a',
    'authorization: ',

    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----\nAAAA',
    '-----BEGIN PRIVATE',
    '-----END',

    'SG.a.',
    'SG.aaaa.aaaa-',
    'xoxb-',
    'xoxb-a-',
    'ghp_',
    'npm_',
    'sk-ant-',
    'sk-ant-api03-',
    'ops_ey',
    'lin_api_',

    'AKIA',
    '{plain}',
    '{clear}a1',
    'WIFI:S:a;T:b;P:',
    'createuser a sha a1b2c3d4 ',
    'secrets create',
    ' LOGIN a1 b2',
    'password: ${X:a1',
    "password: env('X', 'a1",
    'ya29.',
    ':AA',
    'hvs.',
    'T3BlbkFJ',
    '_authToken=',
    '_authToken=aaa',
    'aws_secret_access_key=',
    '_gitlab_session=',
    'variable=password;a=b;c=d]',
    'pk_',
    'pk_test_\n',
    'stripe:',
    'kty:RSA}',
    'privateExponent: ',
    '<RSAKeyValue>',
  ])('cost little: 256 KiB of %j', (unit) => {
    expect(costOf(fill(unit))).toBeLessThan(most);
  });

  it('cost little: a different secret on each line, in base64, too', () => {
    const secrets = Array.from({ length: 10_000 }, (_, i) => `PASSWORD=k7Xq${i.toString(36)}w`);
    const encoded = secrets.map((each) => Buffer.from(each).toString('base64'));
    expect(costOf(secrets.join('\n'))).toBeLessThan(most);
    expect(costOf(encoded.join(' '))).toBeLessThan(most);
  });

  it.each([
    ['://a:', 'b'],
    ['token="', 'a'],
    ['password: ', 'a1'],
    ['-----BEGIN PRIVATE KEY-----', 'A'],
    ['eyJ', 'a'],
    ['SG.', 'a'],
    ['xoxb-', 'a-'],
    ['Authorization: Bearer ', 'a'],
  ])('cost little: %j before 256 KiB of %j', (start, unit) => {
    expect(costOf(start + fill(unit))).toBeLessThan(most);
  });
});
