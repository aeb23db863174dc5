import type { FaultTrial } from './fault-trial.ts';

/** One way in which things go wrong. */
export interface FaultKind {
  readonly name: string;
  /** How often it is tried in the short form, and in the whole one. */
  readonly times: readonly [short: number, whole: number];
  /** Why it cannot be tried here, in a few words; undefined where it can. */
  readonly skip?: (() => string | undefined) | undefined;
  /** The user's configuration. */
  readonly config?: string | undefined;
  /** Tries it so many times. The caller then lets the home heal, and counts what is there. */
  readonly run: (trial: FaultTrial, times: number) => Promise<void>;
}

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
