/**
 * The base class of everything that is thrown on purpose: the message says what happened, `hint` says what
 * to do. An error of any other class was not foreseen.
 */
export class TrackerError extends Error {
  override readonly name: string = 'TrackerError';
  /** `E_…`; stable, so that callers can branch on it. */
  readonly code: string;
  /** One sentence that says how to fix it; undefined where only the program itself sees the error. */
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

/**
 * The program contradicts itself: nobody outside of it can mend that, and nobody inside should catch it.
 * Code `E_INVARIANT`.
 */
export class InvariantError extends TrackerError {
  override readonly name = 'InvariantError';

  constructor(message: string) {
    super('E_INVARIANT', message, {
      hint: 'This is a fault of pattern-tracker itself. Please report it with this message.',
    });
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
