import { asObject } from '../../base/json.ts';
import { hookEventOf } from '../../event/hook-event.ts';
import { hunkSplices, textUnderHunks } from '../../authorship/payload/hunk-text.ts';
import { textChanges } from '../../authorship/payload/text-change.ts';
import type { TextChange } from '../../authorship/payload/text-change.ts';
import { trimCode } from '../../pattern/identify.ts';
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
  const { oldText, newText } = write;
  if (oldText === undefined) return { parent, before: code, after: pattern.code, isExact: true };
  const after = replaced(code, { ...write, oldText });
  // Another edit may have changed the parent before, so that its code as first seen lacks the replaced text.
  return after === undefined
    ? { parent, before: oldText, after: newText, isExact: true }
    : { parent, before: code, after, isExact: true };
}

// --- internal ---

/** Longer texts are not made, in characters: one replace_all can make a huge text of a small one. */
const MAX_REPLACED = 16 * 1024 * 1024;

/** A text that a call wrote, and what it took the place of; undefined for all that was there. */
interface TextWrite {
  readonly oldText: string | undefined;
  readonly newText: string;
  readonly everywhere: boolean;
}

function replaced(
  text: string,
  { oldText, newText, everywhere }: TextWrite & { readonly oldText: string },
): string | undefined {
  if (oldText === '' || !text.includes(oldText)) return undefined;
  const places = everywhere ? text.split(oldText).length - 1 : 1;
  if (text.length + places * (newText.length - oldText.length) > MAX_REPLACED) return undefined;
  // A function, because a string would have its $& and $1 read as patterns.
  return everywhere
    ? text.replaceAll(oldText, () => newText)
    : text.replace(oldText, () => newText);
}

function writesOf({ did, hunks }: TextChange): TextWrite[] {
  switch (did.kind) {
    case 'write':
      return [{ oldText: undefined, newText: did.code ?? did.text, everywhere: false }];
    case 'replace':
      return did.replacements.map(({ code, newText, ...rest }) => {
        return { ...rest, newText: code ?? newText };
      });
    case 'hunks': {
      const before = textUnderHunks(undefined, hunks);
      return hunkSplices(hunks).map(({ start, end, lines }) => {
        const oldText = before.slice(start, end).join('\n');
        return { oldText, newText: lines.join('\n'), everywhere: false };
      });
    }
    // What was read from the disk is not in the payload.
    case 'left':
    case 'delete':
      return [];
  }
}

/** How the pattern was written in place of its parent for the first time; undefined if its event is pruned. */
function writeOf(
  database: Database,
  pattern: PatternWithCode,
  parentId: string,
): TextWrite | undefined {
  const payload = database
    .prepare<[string, string], string | null>(
      `SELECT payload_text(e.payload) FROM occurrences o JOIN events e ON e.event_id = o.event_id
       WHERE o.pattern_id = ? AND o.replaced_id = ? ORDER BY o.at LIMIT 1`,
    )
    .pluck()
    .get(pattern.id, parentId);
  const stored = payload ? asObject(JSON.parse(payload)) : undefined;
  if (stored === undefined) return undefined;
  const code = trimCode(pattern.code);
  // A payload is stored with long texts cut.
  return textChanges(hookEventOf(stored))
    .changes.flatMap(writesOf)
    .find(({ newText }) => trimCode(newText) === code);
}
