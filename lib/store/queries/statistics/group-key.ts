import type { Database } from '../../database/database.ts';
import { SLOT_MS } from '../../database/schema-parts/statistics-schema.ts';

/** What can be put together by. */
export const STATISTICS_KEYS = ['day', 'project', 'tool', 'model', 'language', 'file'] as const;

/** One of {@link STATISTICS_KEYS}. */
export type StatisticsKey = (typeof STATISTICS_KEYS)[number];

/** A key as SQL gives it: the number of a day, the id of a project, or a name. */
export type RawKey = string | number | null;

/** SQL for the key of a row of totals `part` that has a session and a slot; undefined where they have no such key. */
export function keyOf(
  by: StatisticsKey | undefined,
  named: 'tool_name' | 'language' | 'model',
): string | undefined {
  switch (by) {
    case undefined:
      return "''";
    case 'day':
      return dayOf('part.slot');
    case 'project':
      return '(SELECT project_id FROM sessions WHERE id = part.session_id)';
    case 'model':
      return named === 'model' ? 'part.model' : MODEL_THEN;
    case 'tool':
      return named === 'tool_name' ? 'part.tool_name' : undefined;
    case 'language':
      return named === 'language' ? 'part.language' : undefined;
    case 'file':
      return undefined;
  }
}

/** Gives keys their names: a day in the zone of this machine, the root of a project. */
export function keyNamer(
  database: Database,
  by: StatisticsKey | undefined,
): (key: RawKey) => string | null {
  if (by === 'day') return (day) => new Date(Number(day) * DAY_MS).toISOString().slice(0, 10);
  if (by !== 'project') return (key) => (key === null ? null : String(key));
  const rows = database
    .prepare<[], { id: number; root: string }>('SELECT id, root FROM projects')
    .all();
  const roots = new Map(rows.map(({ id, root }) => [id, root]));
  return (key) => roots.get(Number(key)) ?? null;
}

// --- internal ---

/** The model that the session had at the end of the slot; the session itself may have changed it within. */
const MODEL_THEN = `(SELECT model FROM session_models
  WHERE session_id = part.session_id AND at < (part.slot + 1) * ${SLOT_MS} ORDER BY at DESC LIMIT 1)`;

const DAY_MS = 24 * 60 * 60_000;
const SLOTS_A_DAY = DAY_MS / SLOT_MS;
/** Before this year, nothing was recorded. */
const FIRST_YEAR = 2024;

/** SQL for the day that a slot belongs to in the zone of this machine, as its number since 1970. */
export function dayOf(slot: string): string {
  const clocks = clocksSince(new Date(FIRST_YEAR, 0).getTime());
  const number = (shift: number) => `(${slot} + ${shift}) / ${SLOTS_A_DAY}`;
  const [first = { from: 0, shift: 0 }, ...later] = clocks;
  if (later.length === 0) return number(first.shift);
  const cases = later
    .toReversed()
    .map(({ from, shift }) => `WHEN ${slot} >= ${from} THEN ${number(shift)}`);
  return `CASE ${cases.join(' ')} ELSE ${number(first.shift)} END`;
}

/** What a clock here shows from which slot on, in slots ahead of UTC. */
function clocksSince(at: number): { readonly from: number; readonly shift: number }[] {
  const shiftAt = (slot: number) => -new Date(slot * SLOT_MS).getTimezoneOffset() / 15;
  const end = Math.ceil(Date.now() / SLOT_MS) + 400 * SLOTS_A_DAY; // a clock may be ahead of this one
  const clocks = [{ from: Math.floor(at / SLOT_MS), shift: shiftAt(Math.floor(at / SLOT_MS)) }];
  for (let slot = clocks[0]?.from ?? 0; slot < end; slot += SLOTS_A_DAY) {
    const shift = clocks.at(-1)?.shift ?? 0;
    if (shiftAt(slot + SLOTS_A_DAY) === shift) continue;
    let from = slot;
    while (shiftAt(from) === shift) from += 1;
    clocks.push({ from, shift: shiftAt(from) });
  }
  return clocks;
}
