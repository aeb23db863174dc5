import type { RecordedTurn } from '../../store/queries/transcripts/transcript-calls.ts';
import type { ToldTurn } from '../../transcript/told.ts';

/**
 * The turns of one session that are recorded. A hook's event and what a transcript tells of it have no id in common and
 * differ by the time that hooks took, so the nearest one counts, once.
 */
export class KnownTurns {
  readonly #times = new Map<string, number[]>();
  /** The keys of those that were asked for: a transcript may have one twice. */
  readonly #asked = new Set<string>();

  constructor(recorded: readonly RecordedTurn[]) {
    for (const { name, agentId, at } of recorded) {
      const key = keyOf(name, agentId ?? undefined);
      this.#times.set(key, [...(this.#times.get(key) ?? []), at]);
    }
  }

  /** True if the turn is recorded, or was asked for before; the same record counts for no other then. */
  takes({ name, agentId, at, key }: ToldTurn): boolean {
    if (this.#asked.has(key)) return true;
    this.#asked.add(key);
    const times = this.#times.get(keyOf(name, agentId));
    if (!times) return false;
    const distances = times.map((time) => Math.abs(time - at));
    const least = Math.min(...distances);
    if (!(least <= (agentId === undefined ? NEAR_MS : Infinity))) return false;
    times.splice(distances.indexOf(least), 1);
    return true;
  }
}

// --- internal ---

/** How much later or earlier a hook may have told of it, in milliseconds; the other hooks of a user run beside it. */
const NEAR_MS = 15_000;

function keyOf(name: string, agentId: string | undefined): string {
  return `${name}\n${agentId ?? ''}`;
}
