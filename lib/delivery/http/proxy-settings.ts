import { TrackerError } from '../../base/errors.ts';

/** The proxies that requests go through. */
export interface ProxySettings {
  /** The URL of the proxy for http: requests; without a protocol it counts as http:. */
  readonly httpProxy?: string | undefined;
  /** The same for https: requests. @default `httpProxy` */
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached without a proxy, as NO_PROXY lists them. */
  readonly noProxy?: string | undefined;
}

/** The proxies that `http_proxy`, `https_proxy` and `no_proxy` name, in lower or upper case. */
export function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  return {
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'],
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'],
    noProxy: env['no_proxy'] ?? env['NO_PROXY'],
  };
}

/**
 * The URL of a proxy, with its protocol; empty for none.
 *
 * @throws TrackerError E_PROXY_URL
 */
export function proxyUrl(text: string | undefined): string {
  if (!text) return '';
  const url = text.includes('://') ? text : `http://${text}`;
  if (/^https?:/i.test(url) && URL.canParse(url)) return url;
  // The message leaves the URL out, because it may contain a password.
  throw new TrackerError('E_PROXY_URL', "the URL of the proxy can't be used", {
    hint: 'It looks like http://proxy.example.com:3128, in api.proxy or HTTPS_PROXY.',
  });
}
