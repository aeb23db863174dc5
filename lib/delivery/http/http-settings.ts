import type { Config } from '../../config/config.ts';
import type { HttpClientOptions } from './http-client.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** The HTTP settings that hold for every sink. `api.proxy` takes precedence over the given `proxy`. */
export function httpSettings(
  { api, pattern_tracking }: Config,
  proxy: ProxySettings | undefined,
): Pick<HttpClientOptions, 'timeoutMs' | 'caFile' | 'proxy'> {
  return {
    timeoutMs: Math.ceil(pattern_tracking.timeout * 1000), // timers of signals take whole milliseconds
    caFile: api.ca_file ?? undefined,
    proxy: api.proxy === null ? proxy : { httpProxy: api.proxy, httpsProxy: api.proxy },
  };
}
