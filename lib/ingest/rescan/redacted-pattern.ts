import { patternId } from '../../pattern/identify.ts';
import type { Database } from '../../store/database/database.ts';
import type { PatternMove } from '../../store/maintenance/pattern-move.ts';

/** A pattern as it is stored. */
export interface PatternText {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

/**
 * What becomes of a pattern that gets another code: its id is made in the way in which it was made before. An id that
 * was not made of the code, such as one that a client of the service chose, stays.
 */
export function redactedPattern(
  database: Database,
  { id, code }: PatternText,
  redacted: string,
  name: string,
): PatternMove {
  const move = (to: string): PatternMove => ({ from: id, to, name, code: redacted });
  if (patternId(code, { scheme: 'sha16-code' }) === id) {
    return move(patternId(redacted, { scheme: 'sha16-code' }));
  }
  const paths = database
    .prepare<[string], string>('SELECT DISTINCT file_path FROM occurrences WHERE pattern_id = ?')
    .pluck()
    .all(id);
  const filePath = paths.find(
    (path) => patternId(code, { scheme: 'path200', filePath: path }) === id,
  );
  return move(filePath === undefined ? id : patternId(redacted, { scheme: 'path200', filePath }));
}
