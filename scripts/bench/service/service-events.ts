import type { LineageEvent } from '../../../lib/lineage-api/lineage-event.ts';
import { ScaleRows } from './scale-rows.ts';

/**
 * Events as couriers send them, with lineages, uses, sessions and tool calls, each pattern with code of
 * its own. Different seeds give different events.
 */
export class ServiceEvents {
  readonly #rows: ScaleRows;
  readonly #waiting: LineageEvent[] = [];
  readonly #run: string;
  #calls = 0;

  constructor(seed: number) {
    this.#rows = new ScaleRows(seed);
    this.#run = seed.toString(16);
  }

  /** The next `count` events; parents come before their children. */
  take(count: number): LineageEvent[] {
    while (this.#waiting.length < count) this.#makeMore();
    return this.#waiting.splice(0, count);
  }

  #makeMore(): void {
    const { pattern, occurrences } = this.#rows.next();
    // A pattern that is used a thousand times would otherwise dominate a short run.
    for (const { eventId, action, sessionId, filePath, at } of occurrences.slice(0, MOST_USES)) {
      const id = `${this.#run}${eventId}-0`;
      this.#waiting.push({
        event_id: id,
        event_type: EVENT_TYPES[action],
        pattern_id: pattern.id,
        pattern_name: pattern.name,
        pattern_type: 'code',
        pattern_version: '1.0.0',
        tool_name: 'Write',
        file_path: filePath,
        language: pattern.language,
        pattern_data: {
          event_id: id,
          code: pattern.code,
          generation: pattern.generation,
          session_id: `${this.#run}-${sessionId}`,
          tool_use_id: `toolu_${this.#run}${(this.#calls += 1)}`,
          start_line: 1,
          end_line: 10,
          occurred_at: new Date(at).toISOString(),
          machine: 'bench',
        },
        parent_pattern_ids: action === 'modified' && pattern.parentId ? [pattern.parentId] : [],
        edge_type: action === 'modified' ? 'modified_from' : null,
        transformation_type: null,
        reason: null,
        triggered_by: 'claude-code',
      });
    }
  }
}

// --- internal ---

const MOST_USES = 3;
const EVENT_TYPES = {
  created: 'pattern_created',
  modified: 'pattern_modified',
  applied: 'pattern_applied',
} as const;
