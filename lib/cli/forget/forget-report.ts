import type { Erasure, ForgottenRows } from '../../ingest/forgetting.ts';
import type { ForgottenCopy, KeptCopy } from '../../store/maintenance/forget/kept-copies.ts';
import type { ChosenSpan } from '../../store/maintenance/forget/spans.ts';

/** What would be erased. */
export interface ForgetPreview {
  readonly wouldRemove: ForgottenRows;
  readonly spans: readonly ChosenSpan[];
  readonly backups: readonly KeptCopy[];
  readonly servers: readonly ForgetServer[];
}

/** A sink that may have received what is erased. */
export interface ForgetServer {
  readonly sink: string;
  readonly noun: string;
  readonly server: string;
  /** Patterns that it is told to delete. */
  readonly deletions: number;
  /** False if it keeps all that it has received. */
  readonly recalls: boolean;
}

/** What became of an erasure. */
export interface ForgetReport {
  readonly done: Erasure;
  readonly rows: ForgottenRows;
  readonly backups: readonly ForgottenCopy[];
  readonly servers: readonly ForgetServer[];
  readonly verified: ForgetVerification;
}

/** What the search of the data folder came to. */
export interface ForgetVerification {
  readonly files: number;
  readonly bytes: number;
  /** How many texts were searched for. */
  readonly values: number;
  /** Files that hold something that should be gone. Backups are not among them. */
  readonly found: readonly { readonly path: string; readonly values: number }[];
  /** Texts that stand in what was not to be erased, too. */
  readonly kept: number;
  readonly isWiped: boolean;
}
