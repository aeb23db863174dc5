import { noLines } from './line-fate.ts';
import type { LineFate } from './line-fate.ts';
import type { PieceFate } from './survey.ts';

/** What lines can be put together by. */
export const SURVIVAL_KEYS = ['age', 'session', 'language', 'model', 'project', 'file'] as const;

/** One of {@link SURVIVAL_KEYS}. */
export type SurvivalKey = (typeof SURVIVAL_KEYS)[number];

/** What became of the lines of a group, in numbers of lines. */
export interface Survival extends LineFate {
  /** All whose fate is known. */
  written: number;
  /** Those of which it is not known: of an earlier release, or of files that are not followed or cannot be read. */
  unknown: number;
}

/** The lines that have something in common. */
export interface SurvivalGroup extends Survival {
  /** Null if it is not known, and for code outside every project. */
  readonly key: string | null;
}

/** Adds up all pieces. */
export function survivalOf(fates: readonly PieceFate[]): Survival {
  const sum: Survival = { written: 0, unknown: 0, ...noLines() };
  for (const { written, fate } of fates) {
    if (fate === undefined) {
      sum.unknown += written;
      continue;
    }
    sum.written += written;
    sum.stands += fate.stands;
    sum.byClaude += fate.byClaude;
    sum.byOthers += fate.byOthers;
    sum.gone += fate.gone;
  }
  return sum;
}

/** Adds up what has a key in common: ages the youngest first, others with most lines first. */
export function survivalGroups(
  fates: readonly PieceFate[],
  by: SurvivalKey,
  now: number,
): SurvivalGroup[] {
  const groups = new Map<string | null, PieceFate[]>();
  for (const fate of fates) {
    const key = by === 'age' ? ageName(now - fate.piece.at) : fate.piece[FIELDS[by]];
    const group = groups.get(key);
    if (group) group.push(fate);
    else groups.set(key, [fate]);
  }
  const summed = [...groups].map(([key, of]) => ({ key, ...survivalOf(of) }));
  return by === 'age'
    ? summed.toSorted((one, other) => ageOf(one) - ageOf(other))
    : summed.toSorted((one, other) => sizeOf(other) - sizeOf(one));
}

// --- internal ---

const DAY = 24 * 60 * 60 * 1000;

/** The ages of code; each ends at its number of days. */
const AGES = [
  { name: 'under a day', days: 1 },
  { name: 'under a week', days: 7 },
  { name: 'under 30 days', days: 30 },
  { name: 'under 90 days', days: 90 },
  { name: 'older', days: Number.POSITIVE_INFINITY },
];

const FIELDS = {
  session: 'sessionId',
  language: 'language',
  model: 'model',
  project: 'projectRoot',
  file: 'filePath',
} as const;

function ageName(age: number): string | null {
  return AGES.find(({ days }) => age < days * DAY)?.name ?? null;
}

function ageOf({ key }: SurvivalGroup): number {
  return AGES.findIndex(({ name }) => name === key);
}

function sizeOf({ written, unknown }: SurvivalGroup): number {
  return written + unknown;
}
