import { TrackerError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';

export interface Collector {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
}

/**
 * Where the collector is: the address to which the paths of the signals are added.
 *
 * @throws TrackerError E_OTLP_ENDPOINT, E_INSECURE_URL
 */
export function collectorUrl({ endpoint, headers, allowInsecure }: Collector): {
  readonly url: string;
  /** It is on this machine. */
  readonly isLocal: boolean;
} {
  if (!URL.canParse(endpoint)) throw unusable('it is no URL');
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
  // Some documentation names the whole address of a signal.
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1\/(?:traces|logs|metrics)$/, '');
  return { url: url.origin + path, isLocal };
}

// --- internal ---

function unusable(why: string): TrackerError {
  return new TrackerError('E_OTLP_ENDPOINT', `otlp.endpoint can't be used: ${why}`, {
    hint: 'It looks like http://localhost:4318 or https://otlp.example.com.',
  });
}
