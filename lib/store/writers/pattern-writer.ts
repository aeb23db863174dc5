import { basename } from 'node:path';
import type {
  IdentifiedFragment,
  OccurrenceOrigin,
  RecordedFragment,
} from '../../pattern/recorded-fragment.ts';
import type { Database } from '../database/database.ts';

interface PatternRow {
  readonly id: string;
  readonly generation: number;
  readonly lineage_id: string;
  readonly first_seen_at: number;
}

interface Descent {
  readonly origin: 'created' | 'modified';
  readonly generation: number;
  readonly lineageId: string;
  readonly parentId: string | undefined;
}

/** In the order of the columns in the statement. */
type PatternColumns = [
  ...[string, string, string, string, number, string],
  ...[number, string, number, number],
];

/** In the order of the columns in the statement. */
type OccurrenceColumns = [
  ...[string, number, string, string, string | null, string, string | null, string],
  ...[number | null, string, string, number | null, number | null, number],
];

/**
 * Writes patterns, where they occur, and what became of what. The earliest occurrence of a pattern
 * decides how it came to be, in whatever order the occurrences arrive.
 */
export class PatternWriter {
  readonly #pattern;
  readonly #addPattern;
  readonly #seen;
  readonly #addOccurrence;
  readonly #demote;
  readonly #setDescent;
  readonly #addEdge;
  readonly #removeEdges;
  readonly #children;
  readonly #inherit;

  constructor(database: Database) {
    this.#pattern = database.prepare<[string], PatternRow>(
      'SELECT id, generation, lineage_id, first_seen_at FROM patterns WHERE id = ?',
    );
    this.#addPattern = database.prepare<PatternColumns>(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         occurrences, first_seen_at, last_seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
    );
    this.#seen = database.prepare<[number, number, string]>(
      `UPDATE patterns SET occurrences = occurrences + 1,
         first_seen_at = min(first_seen_at, ?), last_seen_at = max(last_seen_at, ?)
       WHERE id = ?`,
    );
    this.#addOccurrence = database.prepare<OccurrenceColumns>(
      `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, replaced_id, session_id,
         tool_use_id, tool_name, project_id, file_path, language, start_line, end_line, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#demote = database.prepare<[string]>(
      "UPDATE occurrences SET action = 'applied' WHERE pattern_id = ? AND action != 'applied'",
    );
    this.#setDescent = database.prepare<[string, string, string, number, string, string]>(
      `UPDATE patterns SET name = ?, language = ?, origin = ?, generation = ?, lineage_id = ?
       WHERE id = ?`,
    );
    this.#addEdge = database.prepare<[string, string, number]>(
      `INSERT INTO lineage_edges (child_id, parent_id, edge_type, created_at)
       VALUES (?, ?, 'modified_from', ?) ON CONFLICT DO NOTHING`,
    );
    this.#removeEdges = database.prepare<[string]>(
      "DELETE FROM lineage_edges WHERE child_id = ? AND edge_type = 'modified_from'",
    );
    this.#children = database
      .prepare<[string], string>('SELECT child_id FROM lineage_edges WHERE parent_id = ?')
      .pluck();
    this.#inherit = database.prepare<[number, string, string]>(
      'UPDATE patterns SET generation = ?, lineage_id = ? WHERE id = ?',
    );
  }

  write(fragment: IdentifiedFragment, ordinal: number, origin: OccurrenceOrigin): RecordedFragment {
    const known = this.#pattern.get(fragment.patternId);
    const isFirst = !known || origin.at < known.first_seen_at;
    const descent = isFirst ? this.#descent(fragment, origin.at) : undefined;
    if (!known && descent) this.#create(fragment, origin.at, descent);
    else this.#seen.run(origin.at, origin.at, fragment.patternId);
    if (known && descent) this.#reroot(fragment, descent, origin.at);
    this.#addOccurrence.run(
      origin.eventId,
      ordinal,
      fragment.patternId,
      descent?.origin ?? 'applied',
      fragment.replacedId ?? null,
      origin.sessionId,
      origin.toolUseId ?? null,
      origin.toolName,
      origin.projectId,
      fragment.filePath,
      fragment.language,
      fragment.startLine,
      fragment.endLine,
      origin.at,
    );
    return {
      ...fragment,
      name: basename(fragment.filePath),
      action: descent?.origin ?? 'applied',
      generation: descent?.generation ?? known?.generation ?? 1,
      lineageId: descent?.lineageId ?? known?.lineage_id ?? fragment.patternId,
      parentId: descent?.parentId ?? null,
    };
  }

  /**
   * A parent must have been there before its child. With first_seen_at only ever moving back, that
   * keeps the lineage free of cycles (A becomes B becomes A again: that A is applied, not a child).
   */
  #descent({ patternId, replacedId }: IdentifiedFragment, at: number): Descent {
    const parent =
      replacedId && replacedId !== patternId ? this.#pattern.get(replacedId) : undefined;
    if (!parent || parent.first_seen_at > at) {
      return { origin: 'created', generation: 1, lineageId: patternId, parentId: undefined };
    }
    return {
      origin: 'modified',
      generation: parent.generation + 1,
      lineageId: parent.lineage_id,
      parentId: parent.id,
    };
  }

  #create(fragment: IdentifiedFragment, at: number, descent: Descent): void {
    this.#addPattern.run(
      fragment.patternId,
      basename(fragment.filePath),
      fragment.code,
      fragment.language,
      lineCount(fragment.code),
      descent.origin,
      descent.generation,
      descent.lineageId,
      at,
      at,
    );
    if (descent.parentId) this.#addEdge.run(fragment.patternId, descent.parentId, at);
  }

  /** An occurrence earlier than all known ones has arrived late: it is the origin now. */
  #reroot(fragment: IdentifiedFragment, descent: Descent, at: number): void {
    const { patternId } = fragment;
    this.#demote.run(patternId);
    this.#removeEdges.run(patternId);
    if (descent.parentId) this.#addEdge.run(patternId, descent.parentId, at);
    this.#setDescent.run(
      basename(fragment.filePath),
      fragment.language,
      descent.origin,
      descent.generation,
      descent.lineageId,
      patternId,
    );
    this.#passDown(patternId, descent.generation, descent.lineageId);
  }

  #passDown(rootId: string, rootGeneration: number, lineageId: string): void {
    const queue = [{ id: rootId, generation: rootGeneration }];
    const met = new Set([rootId]); // versions that came by HTTP may go in circles
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (const id of this.#children.all(next.id)) {
        if (met.has(id)) continue;
        met.add(id);
        const generation = next.generation + 1;
        this.#inherit.run(generation, lineageId, id);
        queue.push({ id, generation });
      }
    }
  }
}

// --- internal ---

function lineCount(code: string): number {
  const body = code.replace(/\r?\n$/, '');
  return body.split('\n').length;
}
