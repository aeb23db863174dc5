import { TrackerError } from '../../base/errors.ts';

/** A request that got no whole reply: `message` says what happened, for people. Code `E_NO_REPLY`. */
export class NoReplyError extends TrackerError {
  override readonly name = 'NoReplyError';
  /** The caller's signal has ended it, which is nobody's fault. */
  readonly isAborted: boolean;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly isAborted?: boolean } = {},
  ) {
    super('E_NO_REPLY', message, { cause: options.cause });
    this.isAborted = options.isAborted ?? false;
  }
}
