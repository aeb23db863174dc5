/** What contradicts itself in a store; each list has at most `LISTED_PROBLEMS` entries. */
export interface IntegrityReport {
  /** Edges whose parent or child is missing. */
  readonly brokenEdges: readonly { readonly childId: string; readonly parentId: string }[];
  /** Patterns that were modified from something but have no edge to it. */
  readonly orphans: readonly string[];
  /** Patterns whose generation is not above that of each parent. */
  readonly wrongGenerations: readonly string[];
  readonly patternsChecked: number;
  readonly edgesChecked: number;
}

/** The newest patterns that are checked when no single one is asked for. */
export const CHECKED_PATTERNS = 10_000;

/** The most entries of one kind in a report. */
export const LISTED_PROBLEMS = 100;
