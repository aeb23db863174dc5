import { TOOL_OUTCOMES } from '../../../event/tool-call.ts';
import type { ToolOutcome } from '../../../event/tool-call.ts';
import { listingOf } from '../../../store/queries/listing.ts';
import type { Listing } from '../../../store/queries/listing.ts';
import { countToolCalls, listToolCalls } from '../../../store/queries/tool-calls.ts';
import type { ListedToolCall } from '../../../store/queries/tool-calls.ts';
import type { PageQuery } from '../page.ts';
import { UNSUCCESSFUL } from './outcome-choice.ts';

/** Tool calls, newest first, as `pattern-tracker tool-calls` lists them. */
export interface CallsData extends Listing<ListedToolCall> {
  readonly tool: string | null;
  readonly outcome: ToolOutcome | typeof UNSUCCESSFUL | null;
}

export const callsQuery: PageQuery<CallsData> = {
  load: ({ range, projectIds, query }, sources) => {
    const tool = query.get('tool') || undefined;
    const outcome = TOOL_OUTCOMES.find((one) => one === query.get('outcome'));
    const isUnsuccessful = query.get('outcome') === UNSUCCESSFUL;
    const filter = { ...range, projectIds, tool, outcome, isUnsuccessful, limit: MOST };
    const listing = sources.read((database) =>
      listingOf(database, filter, { rows: listToolCalls, count: countToolCalls }),
    );
    return {
      ...(listing ?? { rows: [], total: 0 }),
      tool: tool ?? null,
      outcome: outcome ?? (isUnsuccessful ? UNSUCCESSFUL : null),
    };
  },
  rows: ({ rows }) => rows.map((call) => ({ ...call })),
};

// --- internal ---

const MOST = 1_000;
