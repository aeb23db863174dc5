import type { PageQuery } from '../page.ts';

/** What is held, and where it was sent: what `pattern-tracker privacy report --json` says. Times are ISO 8601. */
export interface PrivacyData {
  readonly held: readonly (Span & {
    readonly kind: string;
    readonly count: number;
    readonly characters: number;
    readonly bytes: number;
  })[];
  readonly projects: readonly (Span & {
    readonly root: string;
    readonly sessions: number;
    readonly events: number;
    readonly prompts: number;
    readonly tool_calls: number;
    readonly patterns: number;
  })[];
  readonly files: readonly (Span & {
    readonly path: string;
    readonly kind: string;
    readonly files: number;
    readonly bytes: number;
  })[];
  readonly sent: readonly {
    readonly sink: string;
    readonly server: string | null;
    readonly is_configured: boolean;
    readonly delivered: number;
    readonly waiting: number;
    readonly dead: number;
    readonly last_delivered_at: string | null;
    readonly patterns: number;
    /** Whether it can be told to delete. */
    readonly recalls: boolean;
  }[];
  readonly redactions: number;
  readonly redacted: readonly { readonly rule: string; readonly count: number }[];
  readonly counted_since: string | null;
  readonly retention: Readonly<Record<string, string | number | boolean | null>>;
  readonly is_wiped: boolean;
}

/** When the oldest and the newest are from; null where that is not known. */
interface Span {
  readonly oldest: string | null;
  readonly newest: string | null;
}

export const privacyQuery: PageQuery<PrivacyData> = {
  // It reads every row that is held.
  load: (_ask, sources) => sources.answerOf<PrivacyData>(['privacy', 'report']),
  rows: ({ held }) => held.map((row) => ({ ...row })),
};
