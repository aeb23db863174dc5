import { accessSync, constants } from 'node:fs';
import { errorMessage } from '../base/errors.ts';
import { checkRegularFile } from '../base/regular-file.ts';
import type { Config } from '../config/config.ts';
import { parseHeaderList } from '../config/otlp-headers.ts';
import { bearerToken } from './http/bearer-token.ts';
import { collectorUrl } from './collector/otlp-url.ts';
import { HTTP, OTLP } from './delivery-policy.ts';
import type { Sink } from './delivery-policy.ts';

/**
 * Why no request can be made to a sink as the configuration asks, as far as its files tell: the token
 * can't be read, or the certificates; headers would leave the machine unencrypted. Null when nothing is
 * in the way, or nothing is sent at all.
 */
export function accessFault(config: Config, sink = HTTP): string | null {
  if (!sink.delivers(config)) return null;
  try {
    checkAccess(config, sink);
    const { ca_file: caFile } = config.api;
    if (caFile !== null) {
      checkRegularFile(caFile);
      accessSync(caFile, constants.R_OK);
    }
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

// --- internal ---

/** @throws TrackerError for a token that can't be read, or that must not be sent */
function checkAccess({ api, otlp }: Config, sink: Sink): void {
  if (sink !== OTLP) {
    bearerToken({ token: api.token, tokenFile: api.token_file });
    return;
  }
  const token = bearerToken({ token: null, tokenFile: otlp.token_file });
  collectorUrl({
    endpoint: otlp.endpoint ?? '',
    headers: {
      ...(token === undefined ? {} : { authorization: token }),
      ...(otlp.headers === null ? {} : parseHeaderList(otlp.headers)),
    },
    allowInsecure: otlp.allow_insecure,
  });
}
