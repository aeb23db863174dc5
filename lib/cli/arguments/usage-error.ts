import { TrackerError } from '../../base/errors.ts';

/** The command line asks for something there is not; exit code 2. */
export class UsageError extends TrackerError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('E_USAGE', message, hint === undefined ? {} : { hint });
  }
}
