import { asNumber, asString } from '../../base/json.ts';
import type { PatternOrder } from '../../lineage-api/service-request.ts';
import { HttpFault } from '../http/http-fault.ts';

/** Where a page of a list ended. */
export interface ListPlace {
  /** The time by which the list is ordered, in milliseconds since 1970. */
  readonly at: number;
  readonly id: string;
}

/** The cursor by which a client asks for the page after a place in a list of this order. */
export function cursorOf({ at, id }: ListPlace, order: PatternOrder): string {
  return Buffer.from(JSON.stringify([at, id, order])).toString('base64url');
}

/** The place that a cursor stands for. @throws HttpFault 422 for a text that is no cursor of this order */
export function placeOf(cursor: string, order: PatternOrder): ListPlace {
  try {
    const [time, text, of] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [at, id] = [asNumber(time), asString(text)];
    const isPlace = Number.isSafeInteger(at) && id && !id.includes('\0') && id.isWellFormed();
    if (isPlace && of === order) return { at: at ?? 0, id };
  } catch {
    // Refused below.
  }
  const msg = 'Not a cursor of this list';
  throw new HttpFault(422, {
    detail: [{ type: 'value_error', loc: ['query', 'cursor'], msg, input: null }],
  });
}
