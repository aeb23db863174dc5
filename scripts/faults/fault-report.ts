import { isSound } from './fault-row.ts';
import type { FaultRow } from './fault-row.ts';

const COLUMNS = ['times', 'offered', 'lost', 'stated', 'doubled', 'slowest'] as const;

/** The table that a person reads. */
export function renderFaults(rows: readonly FaultRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 5);
  const head = `${''.padEnd(width)}${COLUMNS.map((column) => column.padStart(9)).join('')}  healed; what status said of the courier`;
  const tried = rows.filter(({ times }) => typeof times === 'number');
  const sum = (key: 'offered' | 'lost' | 'stated' | 'doubled') =>
    tried.reduce((total, row) => total + row[key], 0);
  const times = tried.reduce((total, row) => total + Number(row.times), 0);
  const kills = tried
    .filter(({ name }) => /^(?:kill|SIGTERM)/.test(name))
    .reduce((total, row) => total + Number(row.times), 0);
  return [
    head,
    ...rows.flatMap((row) => renderRow(row, width)),
    '',
    `${tried.length} kinds, ${times} faults, ${kills} kills; ${sum('offered')} events offered, ${sum('lost')} lost, ` +
      `${sum('stated')} of them stated as dropped, ${sum('doubled')} doubled; ${tried.filter((row) => !isSound(row)).length} kinds with a problem`,
    'times: how often the fault was made; offered: events whose hook had returned; slowest: the longest time of a hook.',
  ].join('\n');
}

/** One row, and below it what was wrong. */
export function renderRow(row: FaultRow, width = 0): string[] {
  const name = row.name.padEnd(width);
  if (typeof row.times === 'string') return [`${name}  not tried: ${row.times}`];
  const cells = [
    row.times,
    row.offered,
    row.lost,
    row.stated,
    row.doubled,
    `${row.slowestMs.toFixed(0)} ms`,
  ];
  return [
    `${name}${cells.map((cell) => String(cell).padStart(9)).join('')}  ${row.healed}; ${cut(row.said)}`,
    ...row.problems.map((text) => `    ! ${text}`),
    ...(row.lost > row.stated ? ['    ! events are lost that nothing states'] : []),
  ];
}

// --- internal ---

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
