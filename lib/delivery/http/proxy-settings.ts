/** The proxies that requests go through. */
export interface ProxySettings {
  /** URLs; without a protocol they are taken for http:. */
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached without a proxy, as NO_PROXY lists them. */
  readonly noProxy?: string | undefined;
}

/** The proxies that the usual variables name. */
export function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  return {
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'],
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'],
    noProxy: env['no_proxy'] ?? env['NO_PROXY'],
  };
}
