import type { Repair } from '../../../lib/store/maintenance/repair.ts';
import type { Rows } from './plain-sql.ts';

/** What became of damaged copies of one kind; in rows, but for the first three. */
export interface RepairScore {
  copies: number;
  /** Copies of which repair said that it cannot, and which it left as they were. */
  refused: number;
  /** Those of the refused of which it should not have said so. */
  failed: number;
  /** What plain SQL still read in the damaged copies, and is true. */
  readable: number;
  /** What the repaired ones hold. */
  repaired: number;
  /** Of what plain SQL still read, what the repaired ones lack, though nothing that it names was lost. */
  lost: number;
  /** Of what plain SQL still read, what was removed and reported, because what it names is on no page any more. */
  orphans: number;
  /** Rows that repair said were lost, and were not. */
  overstated: number;
  /** Copies in which rows are missing of tables of which repair said nothing; right only where whole commits are gone. */
  unsaid: number;
}

export function emptyScore(): RepairScore {
  const rows = { readable: 0, repaired: 0, lost: 0, orphans: 0, overstated: 0 };
  return { copies: 0, refused: 0, failed: 0, unsaid: 0, ...rows };
}

/** What {@link compareRows} compares. */
export interface Comparison {
  /** What plain SQL read before the repair, and reads after it. */
  readonly before: Rows;
  readonly after: Rows;
  /** The states in which the database has been: a row is true that was in one of them. */
  readonly truths: readonly Rows[];
  /** Undefined where there was nothing to repair. */
  readonly repair: Pick<Repair, 'mended' | 'tables' | 'strayPages'> | undefined;
}

/** What became of one copy. */
export type Compared = Pick<
  RepairScore,
  'readable' | 'repaired' | 'lost' | 'orphans' | 'overstated' | 'unsaid'
> & {
  readonly examples: readonly string[];
};

/** Compares what plain SQL read with what the repaired database holds. */
export function compareRows({ before, after, truths, repair }: Comparison): Compared {
  const { mended = [], tables = [], strayPages = 0 } = repair ?? {};
  const found = { readable: 0, repaired: 0, lost: 0, orphans: 0, overstated: 0, unsaid: 0 };
  const examples: string[] = [];
  for (const [table, rows] of before) {
    const kept = after.get(table);
    found.repaired += kept?.size ?? 0;
    let missing = 0;
    for (const [key, values] of rows) {
      if (!truths.some((truth) => truth.get(table)?.get(key) === values)) continue;
      found.readable += 1;
      if (!kept?.has(key)) missing += 1;
    }
    const said = mended.filter((row) => row.table === table);
    const orphans = Math.min(
      missing,
      said.reduce((sum, row) => sum + row.rows, 0),
    );
    found.orphans += orphans;
    found.lost += missing - orphans;
    const gone =
      Math.max(0, ...truths.map((truth) => truth.get(table)?.size ?? 0)) - (kept?.size ?? 0);
    const { lost = 0, damagedPages = 0 } = tables.find((one) => one.table === table) ?? {};
    const overstated = Math.max(0, lost - Math.max(0, gone));
    found.overstated += overstated;
    if (overstated > 0) examples.push(`${table} said to lack ${lost}, lacks ${gone}`);
    if (gone > 0 && repair && lost + damagedPages + strayPages + said.length === 0) {
      found.unsaid = 1;
      examples.push(`${table} lacks ${gone} unsaid`);
    }
    if (missing > orphans) examples.push(`${table} ${missing - orphans} of ${rows.size}`);
  }
  return { ...found, examples };
}

export function addScore(
  score: RepairScore,
  { readable, repaired, lost, orphans, overstated, unsaid }: Compared,
): void {
  score.copies += 1;
  score.readable += readable;
  score.repaired += repaired;
  score.lost += lost;
  score.orphans += orphans;
  score.overstated += overstated;
  score.unsaid += unsaid;
}

/** The table that a person reads. */
export function renderScores(scores: ReadonlyMap<string, RepairScore>): string {
  const columns = [
    'copies',
    'refused',
    'failed',
    'readable',
    'repaired',
    'lost',
    'orphans',
    'overstated',
    'unsaid',
  ] as const;
  const total = emptyScore();
  for (const score of scores.values()) for (const column of columns) total[column] += score[column];
  const width = Math.max(...[...scores.keys()].map((name) => name.length), 5);
  const line = (name: string, score: RepairScore) =>
    name.padEnd(width) + columns.map((column) => String(score[column]).padStart(12)).join('');
  return [
    ''.padEnd(width) + columns.map((column) => column.padStart(12)).join(''),
    ...[...scores].map(([name, score]) => line(name, score)),
    line('total', total),
    '',
    'readable: rows that plain SQL still read in the damaged copies; lost: those of them that repair has not kept;',
    'orphans: those that repair removed and said so, because what they name is on no page; overstated: rows that it said',
    'were lost, and were not; unsaid: copies in which rows are gone of tables of which it said nothing.',
  ].join('\n');
}
