import { asObject } from '../../base/json.ts';
import { hookEventOf } from '../../event/hook-event.ts';
import { extractFragments } from '../../pattern/extract.ts';
import type { Fragment } from '../../pattern/fragment.ts';
import { trimCode } from '../../pattern/identify.ts';
import { applyEdit } from '../../pattern/replacement.ts';
import type { Database } from '../database/database.ts';
import type { PatternWithCode } from './patterns.ts';

/** What a pattern changed in the one that it was made from. */
export interface PatternChange {
  readonly parent: Pick<PatternWithCode, 'id' | 'name' | 'generation'>;
  /** The text that was replaced, with what stood around it if the parent's code still tells. */
  readonly before: string;
  /** What became of it. */
  readonly after: string;
  /**
   * False when the event that wrote the pattern is past retention. `before` and `after` are then the code of parent
   * and pattern, of which one may be only a part of the other.
   */
  readonly isExact: boolean;
}

/** What a pattern changed in its first parent; undefined when it has none that is stored. */
export function changeOf(database: Database, pattern: PatternWithCode): PatternChange | undefined {
  const found = database
    .prepare<[string], Pick<PatternWithCode, 'id' | 'name' | 'generation' | 'code'>>(
      `SELECT p.id, p.name, p.generation, p.code
       FROM lineage_edges edge JOIN patterns p ON p.id = edge.parent_id
       WHERE edge.child_id = ? AND edge.position >= 0 ORDER BY edge.position, p.id LIMIT 1`,
    )
    .get(pattern.id);
  if (!found) return undefined;
  const { code, ...parent } = found;
  const write = writeOf(database, pattern, parent.id);
  if (!write) return { parent, before: code, after: pattern.code, isExact: false };
  const { fragment, isEverywhere } = write;
  const { replaces } = fragment;
  if (replaces.kind !== 'text') return { parent, before: code, after: pattern.code, isExact: true };
  const after = applyEdit(code, replaces.text, fragment.code, isEverywhere);
  // Another edit may have changed the parent before, so that its code as first seen lacks the replaced text.
  return after === undefined
    ? { parent, before: replaces.text, after: fragment.code, isExact: true }
    : { parent, before: code, after, isExact: true };
}

// --- internal ---

/** How the pattern was written in place of its parent for the first time; undefined if its event is pruned. */
function writeOf(
  database: Database,
  pattern: PatternWithCode,
  parentId: string,
): { readonly fragment: Fragment; readonly isEverywhere: boolean } | undefined {
  const row = database
    .prepare<[string, string], { payload: string | null; ordinal: number }>(
      `SELECT e.payload, o.ordinal FROM occurrences o JOIN events e ON e.event_id = o.event_id
       WHERE o.pattern_id = ? AND o.replaced_id = ? ORDER BY o.at LIMIT 1`,
    )
    .get(pattern.id, parentId);
  if (!row?.payload) return undefined;
  const payload = asObject(JSON.parse(row.payload));
  const event = payload && hookEventOf(payload);
  const fragment = event && extractFragments(event)[row.ordinal];
  // A payload is stored with long texts cut.
  if (!fragment || trimCode(fragment.code) !== trimCode(pattern.code)) return undefined;
  return { fragment, isEverywhere: event.toolInput?.['replace_all'] === true };
}
