import { accessSync, constants } from 'node:fs';
import { errorMessage } from '../base/errors.ts';
import { checkRegularFile } from '../base/regular-file.ts';
import type { Config } from '../config/config.ts';
import type { Sink } from './sink.ts';

/**
 * Why the configuration allows no request to a sink: the token or the certificates cannot be read, or
 * secrets would leave the machine unencrypted. Only files are checked; no connection is opened. Null when
 * requests are possible, or when nothing is sent to the sink at all.
 */
export function accessFault(config: Config, sink: Sink): string | null {
  if (!sink.delivers(config)) return null;
  try {
    sink.checkAccess(config);
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
