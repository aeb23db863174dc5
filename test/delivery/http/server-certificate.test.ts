import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:https';
import { afterEach, expect, it } from 'vitest';
import { serverCertificate } from '../../../lib/delivery/http/server-certificate.ts';
import { patience } from '../../support/patience.ts';
import { tlsCertificate } from './tls-certificate.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listening(server: ReturnType<typeof createServer | typeof createTcpServer>) {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  ends.push(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['loopback', 2120],
  ['expired', 2020],
] as const)('tells until when the certificate %s is valid, trusted or not', async (name, year) => {
  const url = await listening(createServer(tlsCertificate(name), () => {}));
  const certificate = await serverCertificate(url, 10_000 * patience);
  expect(certificate.state).toBe('known');
  expect(new Date('validTo' in certificate ? certificate.validTo : 0).getUTCFullYear()).toBe(year);
});

it('says why it is not known', async () => {
  const silent = await listening(createTcpServer(() => {}));
  expect(await serverCertificate(silent, 50)).toEqual({
    state: 'unknown',
    why: 'the server does not answer',
  });
  expect(await serverCertificate('https://127.0.0.1:9', 10_000)).toMatchObject({
    state: 'unknown',
    why: expect.stringContaining('ECONNREFUSED') as string,
  });
});
