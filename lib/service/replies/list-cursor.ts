import { asNumber, asString } from '../../base/json.ts';
import { HttpFault } from '../http/http-fault.ts';

/** Where a page of a list ended. */
export interface ListPlace {
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
  readonly id: string;
}

/** A place as clients hand it back. */
export function cursorOf({ lastSeenAt, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([lastSeenAt, id])).toString('base64url');
}

/** @throws HttpFault 422 */
export function placeOf(cursor: string): ListPlace {
  try {
    const [lastSeenAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [at, name] = [asNumber(lastSeenAt), asString(id)];
    if (Number.isSafeInteger(at) && name && !name.includes('\0') && name.isWellFormed()) {
      return { lastSeenAt: at ?? 0, id: name };
    }
  } catch {
    // Below.
  }
  const msg = 'Not a cursor of this list';
  throw new HttpFault(422, {
    detail: [{ type: 'value_error', loc: ['query', 'cursor'], msg, input: null }],
  });
}
