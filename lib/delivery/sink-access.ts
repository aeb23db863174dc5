import { accessSync, constants } from 'node:fs';
import { errorMessage } from '../base/errors.ts';
import { checkRegularFile } from '../base/regular-file.ts';
import type { Config } from '../config/config.ts';
import type { Sink } from './sink.ts';

/**
 * Why no request can be made to a sink as the configuration asks, as far as its files tell: the token
 * or the certificates cannot be read, or secrets would leave the machine unencrypted. Null when nothing
 * is in the way, or nothing is sent at all.
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
