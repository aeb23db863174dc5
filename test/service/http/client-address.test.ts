import { describe, expect, it } from 'vitest';
import { ClientAddress } from '../../../lib/service/http/client-address.ts';

const clients = new ClientAddress(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);
type Case = [string, string, { forwarded?: string; forwardedFor?: string }, string];
const NONE = { forwarded: undefined, forwardedFor: undefined };

describe('the address of a client', () => {
  it.each<Case>([
    [
      'an untrusted peer, whatever it says',
      '192.0.2.1',
      { forwardedFor: '203.0.113.9' },
      '192.0.2.1',
    ],
    ['a trusted proxy that says nothing', '10.0.0.7', {}, '10.0.0.7'],
    [
      'what a trusted proxy was called by',
      '10.0.0.7',
      { forwardedFor: '203.0.113.9' },
      '203.0.113.9',
    ],
    [
      'the nearest that is no proxy',
      '10.0.0.7',
      { forwardedFor: '1.1.1.1, 203.0.113.9, 10.1.1.1' },
      '203.0.113.9',
    ],
    [
      'the first proxy, where all are',
      '10.0.0.7',
      { forwardedFor: '10.9.9.9, 10.1.1.1' },
      '10.9.9.9',
    ],
    [
      'the nearest proxy, where a hop is hidden',
      '10.0.0.7',
      { forwardedFor: '1.1.1.1, unknown, 10.1.1.1' },
      '10.1.1.1',
    ],
    ['an address with a port', '10.0.0.7', { forwardedFor: '203.0.113.9:4711' }, '203.0.113.9'],
    ['an IPv6 address', 'fd00::1', { forwardedFor: '2001:db8::1' }, '2001:db8::1'],
    [
      'a peer that a socket for both families shows',
      '::ffff:10.0.0.7',
      { forwardedFor: '203.0.113.9' },
      '203.0.113.9',
    ],
    [
      'Forwarded',
      '10.0.0.7',
      { forwarded: 'for=1.1.1.1, for=203.0.113.9;proto=https' },
      '203.0.113.9',
    ],
    [
      'Forwarded of an IPv6 address with a port',
      '10.0.0.7',
      { forwarded: 'proto=https;For="[2001:db8::1]:4711"' },
      '2001:db8::1',
    ],
    ...[
      'host="a;for=1.1.1.1";for=203.0.113.9',
      'by="x, for=1.1.1.1";for=203.0.113.9',
      'for=203.0.113.9;host="x, for=1.1.1.1"',
      String.raw`for=203.0.113.9;by="a\",for=1.1.1.1"`,
    ].map((forwarded): Case => [
      `Forwarded, with what a client has written in quotes: ${forwarded}`,
      '10.0.0.7',
      { forwarded },
      '203.0.113.9',
    ]),
    ...['for="1.1.1.1, for=203.0.113.9', 'for=1.1.1.1;a=", for=203.0.113.9;host="h"'].map(
      (forwarded): Case => [
        `the proxy, where a client left a quote open: ${forwarded}`,
        '10.0.0.7',
        { forwarded },
        '10.0.0.7',
      ],
    ),
    [
      'one address, however it is written',
      '10.0.0.7',
      { forwarded: 'for="[2001:DB8:0::1]"', forwardedFor: '2001:db8::0:1' },
      '2001:db8::1',
    ],
    [
      'an IPv4 address that is written as IPv6',
      '10.0.0.7',
      { forwardedFor: '::ffff:cb00:7109' },
      '203.0.113.9',
    ],
    ['Forwarded that is hidden', '10.0.0.7', { forwarded: 'for=_hidden' }, '10.0.0.7'],
    ['Forwarded without for', '10.0.0.7', { forwarded: 'by=10.0.0.7' }, '10.0.0.7'],
    [
      'both that agree',
      '10.0.0.7',
      { forwarded: 'for=203.0.113.9', forwardedFor: '203.0.113.9' },
      '203.0.113.9',
    ],
    [
      'both that do not',
      '10.0.0.7',
      { forwarded: 'for=1.1.1.1', forwardedFor: '203.0.113.9' },
      '10.0.0.7',
    ],
  ])('is %s', (_, peer, headers, address) => {
    expect(clients.of({ peer, ...NONE, ...headers })).toBe(address);
  });

  it('is not known without a socket', () => {
    expect(clients.of({ peer: undefined, ...NONE, forwardedFor: '1.1.1.1' })).toBeUndefined();
  });
});

describe('a trusted proxy', () => {
  it.each(['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', ''])(
    'is not %j',
    (name) => {
      expect(() => new ClientAddress([name])).toThrow(
        expect.objectContaining({ code: 'E_TRUSTED_PROXY' }),
      );
    },
  );
});
