/** A request that got no whole reply: `message` says what happened, for people. */
export class NoReplyError extends Error {
  override readonly name = 'NoReplyError';
  /** The caller's signal has ended it, which is nobody's fault. */
  readonly isAborted: boolean;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly isAborted?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.isAborted = options.isAborted ?? false;
  }
}
