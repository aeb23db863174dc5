import { TrackerError } from '../../base/errors.ts';
import { bearerToken } from '../http/bearer-token.ts';
import { httpSettings } from '../http/http-settings.ts';
import type { SinkClientOptions } from '../sink.ts';
import { LineageClient } from './lineage-client.ts';

/** What the client of a lineage server needs; each event names the machine, so the client does not. */
export type OpenLineageOptions = Omit<SinkClientOptions, 'machine'>;

/**
 * Opens a client of the configured server. Import this module only when there is something to send or ask,
 * because it loads undici.
 *
 * @throws TrackerError E_NO_SERVER, and those of `bearerToken` and `LineageClient`
 */
export function openLineageClient({ config, clock, proxy }: OpenLineageOptions): LineageClient {
  const { api } = config;
  if (api.base_url === null) {
    throw new TrackerError('E_NO_SERVER', 'no server is configured', {
      hint: 'Set api.base_url in config.yaml, or INTELLIGENCE_SERVICE_URL.',
    });
  }
  const readToken = () => bearerToken({ token: api.token, tokenFile: api.token_file });
  return new LineageClient({
    baseUrl: api.base_url,
    token: readToken(),
    rereadToken: readToken,
    allowInsecure: api.allow_insecure,
    ...httpSettings(config, proxy),
    clock,
    monotonic: () => performance.now(),
  });
}
