import { basename } from 'node:path';
import { Descent } from '../../pattern/descent.ts';
import type { PatternDescent, ToldOccurrence } from '../../pattern/descent.ts';
import { lineCount } from '../../pattern/line-count.ts';
import { rangesText } from '../../pattern/lines/line-range.ts';
import type {
  IdentifiedFragment,
  OccurrenceOrigin,
  RecordedFragment,
} from '../../pattern/recorded-fragment.ts';
import type { Database } from '../database/database.ts';
import { DescentRows } from './descent-rows.ts';

/** In the order of the columns in the statement. */
type PatternColumns = [
  ...[string, string, string, string, number, string],
  ...[number, string, number, string, number, number],
];

/** In the order of the columns in the statement. */
type OccurrenceColumns = [
  ...[string, number, string, string, string | null, string, string | null, string],
  ...[number | null, string, string, number | null, number | null, string | null, number],
];

/** Writes patterns, their occurrences, and their descent by the rules of `Descent`. */
export class PatternWriter {
  readonly #descent: DescentRows;
  readonly #addPattern;
  readonly #seen;
  readonly #rename;
  readonly #addOccurrence;

  constructor(database: Database) {
    this.#descent = new DescentRows(database);
    this.#addPattern = database.prepare<PatternColumns>(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         origin_at, origin_key, occurrences, first_seen_at, last_seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
    );
    this.#seen = database.prepare<[number, string]>(
      `UPDATE patterns SET occurrences = occurrences + 1, last_seen_at = max(last_seen_at, ?)
       WHERE id = ?`,
    );
    this.#rename = database.prepare<[string, string, string]>(
      'UPDATE patterns SET name = ?, language = ? WHERE id = ?',
    );
    this.#addOccurrence = database.prepare<OccurrenceColumns>(
      `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, replaced_id, session_id,
         tool_use_id, tool_name, project_id, file_path, language, start_line, end_line, changed_lines,
         at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /**
   * Writes one occurrence of a fragment, and returns what became of it. `ordinal` counts the fragments of the
   * event from 0.
   *
   * @throws SQLite's error
   */
  write(fragment: IdentifiedFragment, ordinal: number, origin: OccurrenceOrigin): RecordedFragment {
    const { patternId, filePath, language } = fragment;
    const name = basename(filePath);
    const descent = new Descent(this.#descent);
    const known = descent.node(patternId);
    const told = descent.tell(occurrenceOf(fragment, ordinal, origin));
    if (!known && told) this.#create(fragment, told);
    else this.#seen.run(origin.at, patternId);
    if (known && told) this.#rename.run(name, language, patternId);
    this.#descent.apply(descent.changes());
    this.#addOccurrence.run(
      origin.eventId,
      ordinal,
      patternId,
      told?.origin ?? 'applied',
      fragment.replacedId ?? null,
      origin.sessionId,
      origin.toolUseId ?? null,
      origin.toolName,
      origin.projectId,
      filePath,
      language,
      fragment.startLine,
      fragment.endLine,
      fragment.changedLines ? rangesText(fragment.changedLines) : null,
      origin.at,
    );
    const { generation, lineageId } = told ?? known ?? { generation: 1, lineageId: patternId };
    const parentId = told?.claims.find(({ counts }) => counts)?.parentId ?? null;
    const action = told?.origin ?? 'applied';
    return { ...fragment, name, action, generation, lineageId, parentId };
  }

  #create(fragment: IdentifiedFragment, descent: PatternDescent): void {
    const { origin, generation, lineageId, originAt, originKey } = descent;
    this.#addPattern.run(
      fragment.patternId,
      basename(fragment.filePath),
      fragment.code,
      fragment.language,
      lineCount(fragment.code),
      origin,
      generation,
      lineageId,
      originAt,
      originKey,
      originAt,
      originAt,
    );
  }
}

// --- internal ---

function occurrenceOf(
  fragment: IdentifiedFragment,
  ordinal: number,
  { eventId, at }: OccurrenceOrigin,
): ToldOccurrence {
  const { patternId, replacedId, edgeType = 'modified_from', transformationType = null } = fragment;
  const { parentIds = replacedId === undefined ? [] : [replacedId] } = fragment;
  const claims = parentIds.map((parentId) => ({ parentId, edgeType, transformationType, at }));
  return { patternId, at, key: `${eventId}-${ordinal}`, claims };
}
