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
