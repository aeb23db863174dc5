import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A self-signed certificate: `loopback` is for 127.0.0.1 until 2120, `other-name` for another host,
 * `expired` has been since 2020.
 */
export function tlsCertificate(name: 'loopback' | 'other-name' | 'expired') {
  const file = (ending: string) =>
    fileURLToPath(new URL(`../../fixtures/tls/${name}.${ending}.pem`, import.meta.url));
  const caFile = file('cert');
  return {
    key: readFileSync(file('key'), 'utf8'),
    cert: readFileSync(caFile, 'utf8'),
    caFile,
  };
}
