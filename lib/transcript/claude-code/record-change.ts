import { asArray, asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** What a record tells of others before it. */
export interface RecordChange {
  /** The one that is gone; undefined if none is. */
  readonly gone: string | undefined;
  /** Those that are new. */
  readonly records: readonly JsonObject[];
}

/** The change of earlier records that a record is; undefined for a record of another kind. */
export function recordChange({
  type,
  uuid,
  message,
  messages,
}: JsonObject): RecordChange | undefined {
  const gone = asString(uuid);
  switch (asString(type) ?? '') {
    case 'remove-by-uuid':
      return { gone, records: [] };
    case 'replace-by-uuid':
      return { gone, records: [message].filter(isJsonObject).filter(isPlain) };
    case 'insert-after-uuid':
      return { gone: undefined, records: asArray(messages).filter(isJsonObject).filter(isPlain) };
    default:
      return undefined;
  }
}

// --- internal ---

/** Not itself a change of others: those could be nested without end. */
function isPlain({ type }: JsonObject): boolean {
  return asString(type)?.endsWith('-uuid') !== true;
}
