import { basename } from 'node:path';
import { Descent } from '../../pattern/descent.ts';
import type { PatternDescent, ToldOccurrence } from '../../pattern/descent.ts';
import { lineCount } from '../../pattern/line-count.ts';
import { countIn, rangesText } from '../../pattern/line-range.ts';
import type { OccurrenceKey } from '../../pattern/occurrence-key.ts';
import type {
  IdentifiedFragment,
  OccurrenceOrigin,
  PlacedFragment,
  RecordedFragment,
  ReplacedShare,
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
  ...[string, number | null, number],
];

/** An occurrence that others may descend from. */
export interface WrittenOccurrence {
  readonly patternId: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Writes patterns, their occurrences, and their descent by the rules of `Descent`. */
export class PatternWriter {
  readonly #descent: DescentRows;
  readonly #addPattern;
  readonly #seen;
  readonly #rename;
  readonly #addOccurrence;
  readonly #written;
  readonly #addParent;
  readonly #removeParents;
  readonly #setReplaced;

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
         at, authorship, authored_share, lines_written)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#written = database.prepare<[string, number], WrittenOccurrence>(
      `SELECT pattern_id AS patternId, at FROM occurrences
       WHERE event_id = ? AND ordinal = ? AND authorship = 'authored'`,
    );
    this.#addParent = database.prepare<[string, number, number, string, number, number]>(
      `INSERT INTO occurrence_parents
         (event_id, ordinal, position, parent_event_id, parent_ordinal, share)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#removeParents = database.prepare<[string, number]>(
      'DELETE FROM occurrence_parents WHERE event_id = ? AND ordinal = ?',
    );
    this.#setReplaced = database.prepare<[string | null, string, number]>(
      'UPDATE occurrences SET replaced_id = ? WHERE event_id = ? AND ordinal = ?',
    );
  }

  /** The occurrence with this key, if its call wrote the code; undefined if it is not known. */
  written({ eventId, ordinal }: OccurrenceKey): WrittenOccurrence | undefined {
    return this.#written.get(eventId, ordinal);
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
    const isOrigin = descent.tell(occurrenceOf(fragment, ordinal, origin));
    const told = isOrigin ? descent.told(patternId) : undefined;
    if (!known && told) this.#create(fragment, told);
    else this.#seen.run(origin.at, patternId);
    if (known && told) this.#rename.run(name, language, patternId);
    this.#descent.apply(descent.changes());
    const action = told?.origin ?? 'applied';
    this.#occur({ ...fragment, action, authorship: 'authored' }, ordinal, origin);
    this.#addParents({ eventId: origin.eventId, ordinal }, fragment.replaced ?? []);
    const { generation, lineageId } = told ?? known ?? { generation: 1, lineageId: patternId };
    const parentId = told?.claims.find(({ counts }) => counts)?.parentId ?? null;
    return { ...fragment, name, action, generation, lineageId, parentId };
  }

  /**
   * Writes an occurrence of code that the call did not write. It makes no pattern, and does not count as a use of a known
   * one. `ordinal` is as for {@link write}.
   *
   * @throws SQLite's error
   */
  place(fragment: PlacedFragment, ordinal: number, origin: OccurrenceOrigin): void {
    this.#occur({ ...fragment, action: 'applied', replacedId: undefined }, ordinal, origin);
  }

  /**
   * Corrects what an occurrence replaced, which is known better now, and its pattern's descent if it is the origin.
   * `parentIds` are the patterns of `replaced`, in that order.
   */
  correct(
    key: OccurrenceKey,
    { patternId, at }: WrittenOccurrence,
    { replaced, parentIds }: Required<Pick<IdentifiedFragment, 'replaced' | 'parentIds'>>,
  ): void {
    const { eventId, ordinal } = key;
    this.#removeParents.run(eventId, ordinal);
    this.#addParents(key, replaced);
    this.#setReplaced.run(parentIds[0] ?? null, eventId, ordinal);
    const descent = new Descent(this.#descent);
    const fragment = { patternId, replacedId: parentIds[0], parentIds };
    descent.correct(occurrenceOf(fragment, ordinal, { eventId, at }));
    this.#descent.apply(descent.changes());
  }

  #addParents({ eventId, ordinal }: OccurrenceKey, replaced: readonly ReplacedShare[]): void {
    for (const [position, parent] of replaced.entries()) {
      this.#addParent.run(eventId, ordinal, position, parent.eventId, parent.ordinal, parent.share);
    }
  }

  #occur(row: OccurrenceRow, ordinal: number, origin: OccurrenceOrigin): void {
    this.#addOccurrence.run(
      origin.eventId,
      ordinal,
      row.patternId,
      row.action,
      row.replacedId ?? null,
      origin.sessionId,
      origin.toolUseId ?? null,
      origin.toolName,
      origin.projectId,
      row.filePath,
      row.language,
      row.startLine,
      row.endLine,
      row.changedLines ? rangesText(row.changedLines) : null,
      origin.at,
      row.authorship,
      row.authoredShare ?? null,
      linesWritten(row),
    );
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

interface OccurrenceRow extends PlacedFragment {
  readonly action: RecordedFragment['action'];
  readonly replacedId: string | undefined;
}

/** How many of the changed lines the call wrote itself. */
function linesWritten({ startLine, endLine, changedLines, authoredShare }: OccurrenceRow): number {
  const changed = changedLines
    ? countIn(changedLines)
    : endLine === null
      ? 0
      : endLine - (startLine ?? 1) + 1;
  return Math.round(changed * (authoredShare ?? 1));
}

type Descended = Pick<
  IdentifiedFragment,
  'patternId' | 'replacedId' | 'parentIds' | 'edgeType' | 'transformationType'
>;

function occurrenceOf(
  fragment: Descended,
  ordinal: number,
  { eventId, at }: Pick<OccurrenceOrigin, 'eventId' | 'at'>,
): ToldOccurrence {
  const { patternId, replacedId, edgeType = 'modified_from', transformationType = null } = fragment;
  const { parentIds = replacedId === undefined ? [] : [replacedId] } = fragment;
  const claims = parentIds.map((parentId) => ({ parentId, edgeType, transformationType, at }));
  return { patternId, at, key: `${eventId}-${ordinal}`, claims };
}
