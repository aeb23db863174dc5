import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { readCertificates } from './http/certificates.ts';
import { proxyUrl } from './http/proxy-settings.ts';
import type { Sink } from './sink.ts';

/**
 * Why the configuration allows no request to a sink: the token or the certificates cannot be used, or
 * secrets would leave the machine unencrypted. Only files are checked; no connection is opened. Null when
 * requests are possible, or when nothing is sent to the sink at all.
 */
export function accessFault(config: Config, sink: Sink): string | null {
  if (!sink.delivers(config)) return null;
  return accessError(config, sink)?.message ?? null;
}

/** The same as an error with its code and hint, also for a sink that nothing is sent to yet. */
export function accessError(config: Config, sink: Sink): TrackerError | undefined {
  try {
    sink.checkAccess(config);
    if (config.api.ca_file !== null) readCertificates(config.api.ca_file);
    if (config.api.proxy !== null) proxyUrl(config.api.proxy);
    return undefined;
  } catch (error) {
    if (error instanceof TrackerError) return error;
    throw error;
  }
}
