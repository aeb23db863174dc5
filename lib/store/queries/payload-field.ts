/**
 * SQL for a string in the payload of an event; null if it is no string, or the payload is pruned or not JSON.
 *
 * @param payload an SQL expression for the payload
 */
export function payloadField(payload: string, name: string): string {
  return `CASE WHEN json_valid(${payload}) AND json_type(${payload}, '$.${name}') = 'text'
    THEN json_extract(${payload}, '$.${name}') END`;
}
