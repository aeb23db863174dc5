import { TrackerError } from '../../base/errors.ts';

/** A request got no complete reply; `message` says what happened, for people. Code `E_NO_REPLY`. */
export class NoReplyError extends TrackerError {
  override readonly name = 'NoReplyError';
  /** True when the caller's signal ended the request, which is not the server's fault. */
  readonly isAborted: boolean;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly isAborted?: boolean } = {},
  ) {
    super('E_NO_REPLY', message, { cause: options.cause });
    this.isAborted = options.isAborted ?? false;
  }
}
