import { TrackerError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { serverAddress } from '../../config/server-address.ts';

/** The server as the configuration describes it (`api`). */
export interface LineageServer {
  /** With or without `/api/pattern-traceability`. */
  readonly baseUrl: string;
  readonly token?: string | undefined;
  /** Send the token over plain HTTP to another machine too. @default false */
  readonly allowInsecure?: boolean | undefined;
}

/**
 * The address of the server's API.
 *
 * @throws TrackerError E_BASE_URL, E_INSECURE_URL
 */
export function lineageUrl({ baseUrl, token, allowInsecure }: LineageServer): URL {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw wrongUrl(baseUrl, 'it is not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw wrongUrl(baseUrl, 'it begins with neither http: nor https:');
  }
  if (url.username || url.password) throw wrongUrl(url.host, 'it holds a password: use api.token');
  if (token && url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    throw new TrackerError('E_INSECURE_URL', `the token would go to ${url.host} unencrypted`, {
      hint: 'Use https: in api.base_url, or set api.allow_insecure to true in a network you trust.',
    });
  }
  return new URL(serverAddress(baseUrl) + PREFIX);
}

// --- internal ---

const PREFIX = '/api/pattern-traceability';

function wrongUrl(url: string, why: string): TrackerError {
  return new TrackerError('E_BASE_URL', `api.base_url "${url}" can't be used: ${why}`, {
    hint: 'It looks like https://tracker.example.com or http://localhost:8053.',
  });
}
