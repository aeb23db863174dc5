import { asObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** Redacts the JSON text of an object; a text of something else is returned unchanged. */
export function redactObject(text: string, redact: (payload: JsonObject) => JsonObject): string {
  const object = asObject(JSON.parse(text));
  if (!object) return text;
  // Of the keys of an event, paths are no secrets, but here they are texts; ids are none anywhere.
  const together: JsonObject = {
    ...idsIn(object),
    ...idsIn(asObject(object['pattern_data']) ?? {}),
    [WITHIN]: object,
  };
  const redacted = redact(together);
  return redacted === together ? text : JSON.stringify(redacted[WITHIN]);
}

// --- internal ---

/** A key that no payload has. */
const WITHIN = 'rescan within';

/** The ids among the members of an object. */
function idsIn(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([key, value]) => key.endsWith('_id') && typeof value === 'string',
    ),
  );
}
