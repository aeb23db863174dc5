/** What became of all attempts of one kind. */
export interface FaultRow {
  readonly name: string;
  /** How often the fault was made; a word where it cannot be made here. */
  readonly times: number | string;
  /** Events of which the hook had returned, so that they must be there. */
  readonly offered: number;
  readonly lost: number;
  /** Of the lost ones, those that `status` counts as dropped. */
  readonly stated: number;
  readonly doubled: number;
  readonly slowestMs: number;
  /** What `status` said of the courier. */
  readonly said: string;
  readonly healed: string;
  /** Whatever else was wrong: a hook that spoke, a word of `status` that was not so. */
  readonly problems: readonly string[];
}

/** True if nothing was lost without a word, nothing is there twice, and nothing else was wrong. */
export function isSound({ lost, stated, doubled, problems }: FaultRow): boolean {
  return lost === stated && doubled === 0 && problems.length === 0;
}
