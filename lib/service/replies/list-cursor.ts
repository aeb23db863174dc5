import { asNumber, asString } from '../../base/json.ts';
import { HttpFault } from '../http/http-fault.ts';

/** Where a page of a list ended. */
export interface ListPlace {
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
  readonly id: string;
}

/** The cursor by which a client asks for the page after a place. */
export function cursorOf({ lastSeenAt, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([lastSeenAt, id])).toString('base64url');
}

/** The place that a cursor stands for. @throws HttpFault 422 for a text that is no cursor */
export function placeOf(cursor: string): ListPlace {
  try {
    const [lastSeenAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [at, name] = [asNumber(lastSeenAt), asString(id)];
    if (Number.isSafeInteger(at) && name && !name.includes('\0') && name.isWellFormed()) {
      return { lastSeenAt: at ?? 0, id: name };
    }
  } catch {
    // Refused below.
  }
  const msg = 'Not a cursor of this list';
  throw new HttpFault(422, {
    detail: [{ type: 'value_error', loc: ['query', 'cursor'], msg, input: null }],
  });
}
