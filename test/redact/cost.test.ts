import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';

const redactor = createRedactor();

describe('texts made to be slow', { timeout: 20_000 }, () => {
  const MIB = 2 ** 20;
  const fill = (unit: string) => unit.repeat(Math.ceil(MIB / unit.length));

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
    'ya29.',
    ':AA',
    'hvs.',
    'T3BlbkFJ',
    '_authToken=',
    '_authToken=aaa',
    'aws_secret_access_key=',
  ])('cost little: 1 MiB of %j', (unit) => {
    const text = fill(unit);
    const started = process.cpuUsage();
    redactor.redactText(text);
    const { user } = process.cpuUsage(started);
    expect(user / 1000).toBeLessThan(5_000); // a quadratic rule takes minutes
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
  ])('cost little: %j before 1 MiB of %j', (start, unit) => {
    const started = process.cpuUsage();
    redactor.redactText(start + fill(unit));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(5_000);
  });
});
