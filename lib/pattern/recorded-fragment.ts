import type { LineRange } from './line-range.ts';
import type { OccurrenceKey } from './occurrence-key.ts';
import type { EdgeType, TransformationType } from '../lineage-api/lineage-terms.ts';

/** A fragment with its pattern's id, on its way into the store. */
export interface IdentifiedFragment {
  readonly patternId: string;
  readonly code: string;
  readonly language: string;
  readonly filePath: string;
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** Which of its lines are new or differ from before. @default null: that is not known */
  readonly changedLines?: readonly LineRange[] | null;
  /** The known pattern whose place it took. */
  readonly replacedId: string | undefined;
  /** Which part of its lines the call wrote itself, from 0 to 1. @default null: that is not known */
  readonly authoredShare?: number | null;
  /** The occurrences whose lines it replaced, the largest share first. @default none are known */
  readonly replaced?: readonly ReplacedShare[];
  /** The patterns that it came from, if there are several. @default the one that it replaced */
  readonly parentIds?: readonly string[];
  /** How it came from them. @default modified_from */
  readonly edgeType?: EdgeType;
  /** @default null */
  readonly transformationType?: TransformationType | null;
}

/** An occurrence, and which part of the lines that another one replaced was its own, from 0 to 1. */
export interface ReplacedShare extends OccurrenceKey {
  readonly share: number;
}

/** Code that a call put somewhere without writing it, such as what it moved. */
export interface PlacedFragment extends Pick<
  IdentifiedFragment,
  'patternId' | 'filePath' | 'language' | 'startLine' | 'endLine' | 'changedLines' | 'authoredShare'
> {
  /** How it came there: moved, copied, restored, formatted or unknown. */
  readonly authorship: string;
}

/** What became of a fragment in the store. */
export interface RecordedFragment extends IdentifiedFragment {
  /** The base name of its file. */
  readonly name: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly generation: number;
  readonly lineageId: string;
  /** Its first parent that counts; null without one, and if this occurrence is not the origin. */
  readonly parentId: string | null;
}

/** The tool call that wrote a fragment. */
export interface OccurrenceOrigin {
  readonly eventId: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  readonly toolName: string;
  /** The id of a row in `projects`; null outside every project. */
  readonly projectId: number | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}
