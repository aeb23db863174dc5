import { TrackerError } from '../../base/errors.ts';

/** The command line asks for something that does not exist or makes no sense. Exit code 2; for `flush` 3. */
export class UsageError extends TrackerError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('E_USAGE', message, hint === undefined ? {} : { hint });
  }
}
