/** Which rows to delete: those that match all that is named; all of them if nothing is. */
export interface Selection {
  readonly patternId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** What events name as `machine`. */
  readonly machine?: string | undefined;
  /** Only what happened before this time, in milliseconds since 1970. */
  readonly before?: number | undefined;
}

/** What deletion counts, in the order in which it is shown. */
export const REMOVED_KINDS = [
  'patterns',
  'versions',
  'events',
  'occurrences',
  'edges',
  'feedback',
  'improvements',
  'executions',
  'sessions',
] as const;

/** How a deletion ends. */
export interface WipeOptions {
  /** Whether to rewrite a large file too, although writers wait meanwhile. */
  readonly isUrgent: boolean;
  /** How long to wait for that, in milliseconds; it goes on by itself. */
  readonly waitMs: number;
}

/** How many rows of each kind were deleted, or would be. */
export type RemovedRows = Readonly<Record<(typeof REMOVED_KINDS)[number], number>>;

/** How far a deletion has come. It looks at the patterns first, one after the other, and then at other rows. */
export type ForgetPlace =
  /** The pattern that was looked at last; both undefined at the beginning. */
  | {
      readonly step: 'patterns';
      /** When it was seen, by the order in which the store looks at them. */
      readonly seenAt: number | undefined;
      readonly id: string | undefined;
    }
  | { readonly step: 'others' };

/** Where a deletion begins. */
export const FORGET_START: ForgetPlace = { step: 'patterns', seenAt: undefined, id: undefined };

/** What one step of a deletion did. */
export interface ForgetStep {
  readonly removed: RemovedRows;
  /** Where to go on; undefined when all is done. */
  readonly next: ForgetPlace | undefined;
}

/** Patterns that one step looks at. */
export const STEP_PATTERNS = 100;
/** The most events, or other rows, that one step deletes: with their patterns some 20 ms on SQLite. */
export const STEP_ROWS = 500;

/** Ids of deleted events and patterns are remembered for this long, in milliseconds: 13 months. */
export const REMEMBERED_MS = 400 * 86_400_000;
/** The most such ids of a tenant; the oldest are dropped first. */
export const MOST_REMEMBERED = 1_000_000;

/** The events that tell how a pattern came to be, so that the earliest of them is its origin. */
export const TELLING_EVENTS = [
  'pattern_created',
  'pattern_validated',
  'pattern_modified',
  'pattern_forked',
  'pattern_merged',
] as const;

/** Counts of nothing. */
export const NOTHING_REMOVED: RemovedRows = {
  patterns: 0,
  versions: 0,
  events: 0,
  occurrences: 0,
  edges: 0,
  feedback: 0,
  improvements: 0,
  executions: 0,
  sessions: 0,
};

/** Sums two counts up. */
export function addRemoved(one: RemovedRows, other: Partial<RemovedRows>): RemovedRows {
  const sum = { ...one };
  for (const kind of REMOVED_KINDS) sum[kind] += other[kind] ?? 0;
  return sum;
}

/**
 * Whether tool calls are chosen by their own time and session. If not, those go whose code is all deleted.
 */
export function choosesCalls({ patternId, machine }: Selection): boolean {
  return patternId === undefined && machine === undefined;
}

/**
 * Whether a pattern that stays has to take another origin if its own is deleted. Age alone does not demand
 * it: a pattern that is still in use keeps its descent, however old that is.
 */
export function movesOrigins({ sessionId, machine }: Selection): boolean {
  return sessionId !== undefined || machine !== undefined;
}
