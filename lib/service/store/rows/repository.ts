/** A folder of a machine that is a repository, as events tell of it (`pattern_data.repository`). */
export interface Repository {
  readonly name: string;
  /** Its path on that machine. */
  readonly root: string;
}

/** How many of the newest events are asked of which repositories they tell. */
export const REPOSITORY_EVENTS = 10_000;
