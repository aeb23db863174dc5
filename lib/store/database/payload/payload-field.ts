/**
 * SQL for a string in the payload of an event; null if it is no string, or the payload is pruned or not JSON.
 *
 * @param payload an SQL expression for the payload, as it is stored
 */
export function payloadField(payload: string, name: string): string {
  return `payload_field(${payload}, '${name}')`;
}
