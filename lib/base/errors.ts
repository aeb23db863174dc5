/** An error that a person can act on: the message says what happened, `hint` says what to do. */
export class TrackerError extends Error {
  override readonly name: string = 'TrackerError';
  /** `E_…`; stable, so that callers can branch on it. */
  readonly code: string;
  /** One sentence that says how to fix it. */
  readonly hint: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The `code` of a Node.js system error (`ENOENT`, …) or an SQLite error; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
