/** What is remembered from look to look, because a total alone does not say what is new. */
export interface AlertMarks {
  /** Events that capture has dropped; undefined before the first look, at which none of them are news. */
  readonly drops?: DropMark | undefined;
}

/** How many events were dropped. */
export interface DropMark {
  /** In all, at the last look. */
  readonly seen: number;
  /** In all, before those that are news. */
  readonly before: number;
  /** When the last of those that are news was seen, in milliseconds since 1970; null when none is. */
  readonly at: number | null;
}

/** How long a dropped event is news, in milliseconds. */
const NEWS_MS = 3_600_000;

/** What to remember after a look that has found `dropped` events in all. */
export function nextMarks({ drops }: AlertMarks, dropped: number, now: number): AlertMarks {
  if (drops === undefined || dropped < drops.seen) return { drops: settled(dropped) };
  if (dropped > drops.seen) return { drops: { ...drops, seen: dropped, at: now } };
  const isOld = drops.at !== null && Math.abs(now - drops.at) > NEWS_MS;
  return { drops: isOld ? settled(dropped) : drops };
}

// --- internal ---

function settled(dropped: number): DropMark {
  return { seen: dropped, before: dropped, at: null };
}
