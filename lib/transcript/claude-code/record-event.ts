import { asString } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ToldEvent } from '../told.ts';

/** When a record was written, in milliseconds since 1970 UTC; undefined when it does not tell. */
export function timeOf(record: JsonObject): number | undefined {
  const at = Date.parse(asString(record['timestamp']) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Where Claude worked. */
export function recordPlace(record: JsonObject): JsonObject {
  const cwd = asString(record['cwd']);
  const branch = asString(record['gitBranch']);
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(branch === undefined || branch === '' || branch === 'HEAD' ? {} : { git_branch: branch }),
  };
}

/** An event with a key that no other one has: ids are copied and may be there twice. */
export function recordEvent(
  record: JsonObject,
  name: string,
  at: number,
  payload: JsonObject,
): ToldEvent {
  return { at, payload, key: `${asString(record['uuid']) ?? ''}.${at}.${name}` };
}
