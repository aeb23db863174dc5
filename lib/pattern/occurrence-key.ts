/** The key of an occurrence, as {@link occurrenceKey} makes it. */
export interface OccurrenceKey {
  readonly eventId: string;
  readonly ordinal: number;
}

/** The ordinal in the key of an occurrence whose event id is not of the courier's form. */
export const NO_ORDINAL = -1;

/**
 * The key of an event's occurrence. A courier's event id is `<32 hex digits>-<ordinal>`, and gives the key of
 * the courier's own row. So a database that its courier fills and also delivers to counts nothing twice. Two
 * different ids never have the same key.
 */
export function occurrenceKey(eventId: string): OccurrenceKey {
  const match = /^([0-9a-f]{32})-(0|[1-9]\d{0,5})$/.exec(eventId);
  if (!match) return { eventId, ordinal: NO_ORDINAL };
  return { eventId: match[1] ?? eventId, ordinal: Number(match[2]) };
}
