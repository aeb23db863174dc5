import { eventOf } from '../../../authorship/author.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { Database } from '../../database/database.ts';

/** Makes a test of authors: whether one is an occurrence that is there. */
export function occurrenceTest(database: Database): (author: string) => boolean {
  const find = database.prepare<[string, number]>(
    'SELECT 1 FROM occurrences WHERE event_id = ? AND ordinal = ?',
  );
  return remembered((author) => {
    const { eventId, ordinal } = occurrenceKey(author);
    return find.get(eventId, ordinal) !== undefined;
  });
}

/**
 * Makes a test of authors: whether the event of one is there. An event stays when retention removes its payload and its
 * patterns, but not when it is forgotten.
 */
export function eventTest(database: Database): (author: string) => boolean {
  const find = database.prepare<[string]>('SELECT 1 FROM events WHERE event_id = ?');
  const isThere = remembered((event) => find.get(event) !== undefined);
  return (author) => isThere(eventOf(author));
}

// --- internal ---

function remembered(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const is = known.get(name) ?? test(name);
    known.set(name, is);
    return is;
  };
}
