import type { LineRange } from './lines/line-range.ts';

/** One piece of code that one tool call wrote in one place of one file. */
export interface Fragment {
  /** As written, not trimmed; never only white space. */
  readonly code: string;
  /**
   * What the fragment replaced. `file`: the whole content of the file; `text`: this text in the file;
   * `nothing`: the fragment was added.
   */
  readonly replaces:
    | { readonly kind: 'file' }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'nothing' };
  /** True when the fragment is the whole content of its file. */
  readonly wholeFile: boolean;
  readonly filePath: string;
  /** How Claude called the file, if it is stored under another name: ids of the legacy scheme are made of it. */
  readonly calledPath?: string;
  /** A key of `LANGUAGES`, or `unknown`. */
  readonly language: string;
  /** Its first line in the file after the write, 1-based; null if the payload does not tell. */
  readonly startLine: number | null;
  /** Its last line, inclusive. */
  readonly endLine: number | null;
  /** Which of these lines are new or differ from before; null if the payload does not tell. */
  readonly changedLines: readonly LineRange[] | null;
}

/** One text that a tool call wrote: a fragment for each place where it stands. */
export type WrittenText = readonly Fragment[];
