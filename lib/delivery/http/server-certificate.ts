import { connect } from 'node:tls';
import { errorMessage } from '../../base/errors.ts';

/** The certificate that a server shows, or why it is not known. */
export type ServerCertificate =
  | { readonly state: 'known'; /** Milliseconds since 1970 UTC. */ readonly validTo: number }
  | { readonly state: 'unknown'; readonly why: string };

/**
 * Asks a server for its certificate, whether or not it is trusted: whether it is, a request tells. `url` begins with
 * https:.
 */
export async function serverCertificate(
  url: string,
  timeoutMs: number,
): Promise<ServerCertificate> {
  const { hostname, port } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return await new Promise((resolve) => {
    const end = (certificate: ServerCertificate) => {
      socket.destroy();
      resolve(certificate);
    };
    const socket = connect(
      {
        host,
        port: Number(port || 443),
        servername: /^[\d.]+$|:/.test(host) ? '' : host, // a name may not be an address
        rejectUnauthorized: false,
        timeout: timeoutMs,
      },
      () => {
        const validTo = Date.parse(socket.getPeerCertificate().valid_to);
        if (Number.isNaN(validTo)) end({ state: 'unknown', why: 'the server shows none' });
        else end({ state: 'known', validTo });
      },
    );
    socket.on('timeout', () => end({ state: 'unknown', why: 'the server does not answer' }));
    socket.on('error', (error) => end({ state: 'unknown', why: errorMessage(error) }));
  });
}
