/** A piece of code that Claude wrote, in one place of one file. */
export interface Fragment {
  /** As written, not trimmed; never empty once trimmed. */
  readonly code: string;
  /**
   * What it took the place of: `file`, all that was known of the file; `text`, the given text in it;
   * `nothing`, it was added.
   */
  readonly replaces:
    | { readonly kind: 'file' }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'nothing' };
  /** True when the fragment is the whole content of its file. */
  readonly wholeFile: boolean;
  readonly filePath: string;
  /** A name of the table in language.ts, or `unknown`. */
  readonly language: string;
  /** 1-based line in the file after the write; null where the payload does not tell. */
  readonly startLine: number | null;
  /** Inclusive. */
  readonly endLine: number | null;
}
