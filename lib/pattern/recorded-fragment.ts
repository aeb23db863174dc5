/** A fragment of code, identified, on its way into the store. */
export interface IdentifiedFragment {
  readonly patternId: string;
  readonly code: string;
  readonly language: string;
  readonly filePath: string;
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** The known fragment whose place it took. */
  readonly replacedId: string | undefined;
}

/** What became of a fragment in the store. */
export interface RecordedFragment extends IdentifiedFragment {
  /** The base name of its file. */
  readonly name: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly generation: number;
  readonly lineageId: string;
  /** The pattern it was modified from. */
  readonly parentId: string | null;
}

/** The tool call that wrote a fragment. */
export interface OccurrenceOrigin {
  readonly eventId: string;
  readonly sessionId: string;
  readonly toolUseId: string | undefined;
  readonly toolName: string;
  /** The row in `projects`; null outside of any. */
  readonly projectId: number | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}
