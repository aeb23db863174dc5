import { TrackerError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { serverAddress } from '../../config/server-address.ts';

/** The collector as the configuration describes it (`otlp`). */
export interface Collector {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Send headers over plain HTTP to another machine too. */
  readonly allowInsecure: boolean;
}

/**
 * The collector's address, to which the path of each signal is appended.
 *
 * @throws TrackerError E_OTLP_ENDPOINT, E_INSECURE_URL
 */
export function collectorUrl({ endpoint, headers, allowInsecure }: Collector): {
  readonly url: string;
  /** True when the collector is on this machine. */
  readonly isLocal: boolean;
} {
  if (!URL.canParse(endpoint)) throw unusable('it is not a URL');
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw unusable('it begins with neither http: nor https:');
  }
  if (url.username || url.password) throw unusable('it holds a password: use otlp.headers');
  const isLocal = isLoopback(url.hostname);
  const isOpen = url.protocol === 'http:' && !isLocal && !allowInsecure;
  if (isOpen && Object.keys(headers).length > 0) {
    throw new TrackerError('E_INSECURE_URL', `the headers would go to ${url.host} unencrypted`, {
      hint: 'Use https: in otlp.endpoint, or set otlp.allow_insecure to true in a network you trust.',
    });
  }
  return { url: serverAddress(endpoint), isLocal };
}

// --- internal ---

function unusable(why: string): TrackerError {
  return new TrackerError('E_OTLP_ENDPOINT', `otlp.endpoint can't be used: ${why}`, {
    hint: 'It looks like http://localhost:4318 or https://otlp.example.com.',
  });
}
