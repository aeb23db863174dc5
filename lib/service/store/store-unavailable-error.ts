import { TrackerError } from '../../base/errors.ts';

/** The store is unreachable or busy for now. Nothing of the call has happened, so it may be repeated. */
export class StoreUnavailableError extends TrackerError {
  override readonly name = 'StoreUnavailableError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('E_STORE_UNAVAILABLE', message, {
      hint: 'Check that the database exists, has room and is not locked, then try again.',
      ...options,
    });
  }
}
