import type { Config } from '../../config/config.ts';

/** What is kept of an event or of one tool call. Numbers, names of tools, ids and times are always kept. */
export interface Kept {
  /** The texts of the payload. */
  readonly text: boolean;
  /** The code that Claude wrote. */
  readonly code: boolean;
  /** The paths of the files that a call is about. */
  readonly paths: boolean;
  /** Digests of texts that are left out. */
  readonly digests: boolean;
}

/** What each value of `capture.content` keeps. */
export const KEPT: Readonly<Record<Config['capture']['content'], Kept>> = {
  full: { text: true, code: true, paths: true, digests: true },
  code: { text: false, code: true, paths: true, digests: true },
  metadata: { text: false, code: false, paths: false, digests: true },
};

/**
 * What is kept of a call on an excluded file: that it happened, and to which file. No digests, because the
 * secrets in such files may be short enough to be guessed from one.
 */
export const EXCLUDED: Kept = { text: false, code: false, paths: true, digests: false };

/** What both allow. */
export function both(one: Kept, other: Kept): Kept {
  return {
    text: one.text && other.text,
    code: one.code && other.code,
    paths: one.paths && other.paths,
    digests: one.digests && other.digests,
  };
}
