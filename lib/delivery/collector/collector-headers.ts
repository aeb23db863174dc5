import type { Config } from '../../config/config.ts';
import { parseHeaderList } from '../../config/otlp-headers.ts';
import { bearerToken } from '../http/bearer-token.ts';

/**
 * The headers that every request to the collector carries, from `otlp.headers` and `otlp.token_file`; their
 * values are secrets. An `authorization` among `otlp.headers` takes precedence over the token.
 *
 * @throws TrackerError E_TOKEN_FILE, E_TOKEN_FILE_MODE
 */
export function collectorHeaders({
  headers,
  token_file,
}: Config['otlp']): Readonly<Record<string, string>> {
  const token = bearerToken({ token: null, tokenFile: token_file });
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(headers === null ? {} : parseHeaderList(headers)), // the schema has checked the list
  };
}
