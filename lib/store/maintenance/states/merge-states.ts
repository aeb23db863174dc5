import { linesOfClaude, linesOfText } from '../../../authorship/author.ts';
import type { Author } from '../../../authorship/author.ts';
import { mergedHistory } from '../../../authorship/merged-history.ts';
import type { Revision } from '../../../authorship/replay.ts';
import { MAX_RECENT_CHANGES } from '../../../authorship/state/authorship-store.ts';

import { decodeHistory } from '../../../authorship/state/file-state.ts';
import { occurrenceKey } from '../../../pattern/occurrence-key.ts';
import type { Database } from '../../database/database.ts';
import { MAX_NOTED_LINES } from '../../writers/authorship/authorship-tables.ts';
import { PatternWriter } from '../../writers/pattern-writer.ts';
import type { NotedLines } from '../../writers/authorship/noted-lines.ts';
import { encodeState, notedLinesIn } from '../../writers/authorship/stored-state.ts';
import type { StateColumns } from '../../writers/authorship/stored-state.ts';

/**
 * Adds what the database that is attached as `later` knows of the text of files to what `database` knows: both
 * histories of a file become one, and code of the later one finds its parents in the older one. Call it in the transaction
 * that has merged the other tables.
 *
 * @param ownProject SQL for the project here of a row called `row`, null outside every project
 * @throws SQLite's error
 */
export function mergeStates(database: Database, ownProject: string): void {
  const paths = database
    .prepare<[], string>('SELECT file_path FROM later.file_states ORDER BY id')
    .pluck()
    .all();
  const theirs = database.prepare<[string], StateRow>(
    `SELECT ${ownProject} AS projectId, touched_at AS touchedAt, history, noted_lines AS notedLines, claude_lines AS claudeLines, all_lines AS allLines
     FROM later.file_states AS row WHERE file_path = ?`,
  );
  const ours = database.prepare<[string], StateRow>(
    `SELECT project_id AS projectId, touched_at AS touchedAt, history, noted_lines AS notedLines, claude_lines AS claudeLines, all_lines AS allLines
     FROM main.file_states WHERE file_path = ?`,
  );
  const keep = database.prepare<
    [string, number | null, number, Uint8Array, Uint8Array, number, number]
  >(
    `INSERT OR REPLACE INTO main.file_states
       (file_path, project_id, touched_at, history, noted_lines, claude_lines, all_lines)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const patterns = new PatternWriter(database);
  const hasParent = database.prepare<[string, number]>(
    'SELECT 1 FROM main.occurrence_parents WHERE event_id = ? AND ordinal = ?',
  );
  for (const path of paths) {
    const [one, other] = [ours.get(path), theirs.get(path)];
    const merged = one && other ? mergedState(one, other) : other;
    if (!merged) continue;
    const {
      projectId,
      touchedAt,
      history,
      notedLines,
      claudeLines,
      allLines,
      revised = [],
    } = merged;
    keep.run(path, projectId, touchedAt, history, notedLines, claudeLines, allLines);
    for (const revision of revised) addParents(patterns, hasParent, revision);
  }
  const project = `coalesce(${ownProject}, 0)`;
  const last = `(SELECT coalesce(max(seq), 0) FROM main.recent_changes WHERE project_id = ${project})`;
  database.exec(`
    INSERT INTO main.recent_changes (project_id, seq, change)
      SELECT ${project}, ${last} + row.seq, row.change FROM later.recent_changes AS row
      WHERE NOT EXISTS (SELECT 1 FROM main.recent_changes own
        WHERE own.project_id = ${project} AND own.change = row.change);
    DELETE FROM main.recent_changes AS old WHERE seq <= (SELECT max(seq) FROM main.recent_changes own
      WHERE own.project_id = old.project_id) - ${MAX_RECENT_CHANGES}`);
}

// --- internal ---

interface StateRow extends StateColumns {
  readonly projectId: number | null;
  readonly touchedAt: number;
  readonly claudeLines: number;
  readonly allLines: number;
  readonly revised?: readonly Revision[];
}

/** Gives an occurrence the parents that only the other database knew; those that it has stay. */
function addParents(
  patterns: PatternWriter,
  hasParent: { readonly get: (eventId: string, ordinal: number) => unknown },
  { author, parents }: Revision,
): void {
  const key = occurrenceKey(author);
  const written = patterns.written(key);
  if (!written || hasParent.get(key.eventId, key.ordinal) !== undefined) return;
  const known = parents.flatMap(({ author: name, share }) => {
    const parent = occurrenceKey(name);
    const { patternId } = patterns.written(parent) ?? {};
    return patternId === undefined ? [] : [{ patternId, replaced: { ...parent, share } }];
  });
  if (known.length === 0) return;
  patterns.correct(key, written, {
    replaced: known.map(({ replaced }) => replaced),
    parentIds: known.map(({ patternId }) => patternId),
  });
}

/** Undefined if the other one knows nothing new; what cannot be read counts as nothing. */
function mergedState(one: StateRow, other: StateRow): StateRow | undefined {
  const [own, added] = [decodeHistory(one.history), decodeHistory(other.history)];
  if (added === undefined) return undefined;
  if (own === undefined) return other;
  const merged = mergedHistory(own, added);
  if (merged === undefined) return undefined;
  const { history, revised } = merged;
  return {
    revised,
    projectId: other.touchedAt >= one.touchedAt ? other.projectId : one.projectId,
    touchedAt: history.last.at,
    ...encodeState(history, mergedLines(one, other)),
    claudeLines: linesOfClaude(history.last),
    allLines: linesOfText(history.last),
  };
}

/** The lines of both; those of the other one count as noted last. */
function mergedLines(one: StateColumns, other: StateColumns): NotedLines {
  const lines = notedLinesIn(one) ?? new Map<number, Author>();
  for (const [digest, author] of notedLinesIn(other) ?? []) {
    lines.delete(digest);
    lines.set(digest, author);
  }
  return new Map([...lines].slice(-MAX_NOTED_LINES));
}
