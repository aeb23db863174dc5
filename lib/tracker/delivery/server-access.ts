import { accessSync, constants } from 'node:fs';
import { errorMessage } from '../../base/errors.ts';
import { checkRegularFile } from '../../base/regular-file.ts';
import type { Config } from '../../contract/config.ts';
import { bearerToken } from '../../transport/bearer-token.ts';

/**
 * Why no request can be made as the configuration asks, as far as its files tell: the token can't be
 * read, or the certificates. Null when nothing is in the way, or nothing is sent at all.
 */
export function accessFault({ api, pattern_tracking }: Config): string | null {
  if (api.base_url === null || !pattern_tracking.enabled) return null;
  try {
    bearerToken({ token: api.token, tokenFile: api.token_file });
    if (api.ca_file !== null) {
      checkRegularFile(api.ca_file);
      accessSync(api.ca_file, constants.R_OK);
    }
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}
