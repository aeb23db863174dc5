import type { FalseAlarms } from './false-alarms.ts';
import type { Recall, Tally } from './recall.ts';

/** Rows of each table; the rest is counted. */
const ROWS = 40;

/** Recall as tables, the worst first. */
export function renderRecall({ groups, kinds, shapes, leaks }: Recall): string {
  return [
    ...[...groups].map(
      ([group, tally]) => `recall of ${group}: ${percent(tally)} of ${tally.tried}`,
    ),
    '',
    ...table('shape', shapes),
    '',
    ...table('kind', kinds),
    '',
    ...leaks.map(
      ({ kind, shape, content }) => `leaks ${kind} in ${shape}: ${JSON.stringify(content)}`,
    ),
    '',
  ].join('\n');
}

/** False alarms, with the line that each began with. */
export function renderFalseAlarms({ files, bytes, milliseconds, alarms }: FalseAlarms): string {
  const share = ((100 * alarms.length) / Math.max(1, files)).toFixed(3);
  const speed = ((milliseconds * 1e6) / Math.max(1, bytes)).toFixed(0);
  return [
    `false alarms: ${alarms.length} of ${files} ordinary files (${share} %); ${speed} ms a million characters`,
    ...alarms
      .slice(0, ROWS)
      .map(({ path, count, kinds, line }) => `${path}: ${count} × ${kinds.join(' ')}: ${line}`),
    ...rest(alarms.length),
  ].join('\n');
}

// --- internal ---

function table(title: string, tallies: ReadonlyMap<string, Tally>): string[] {
  const worst = [...tallies]
    .filter(([, { tried, found }]) => found < tried)
    .toSorted(([, a], [, b]) => a.found / a.tried - b.found / b.tried || b.tried - a.tried);
  return [
    `recall by ${title}, worst first; ${tallies.size - worst.length} of ${tallies.size} leak nothing`,
    ...worst.slice(0, ROWS).map(([name, tally]) => `${percent(tally).padStart(8)}  ${name}`),
    ...rest(worst.length),
  ];
}

function rest(count: number): string[] {
  return count > ROWS ? [`… and ${count - ROWS} more`] : [];
}

/** Rounded down, so that 100 % means all. */
function percent({ tried, found }: Tally): string {
  return `${(Math.floor((10_000 * found) / Math.max(1, tried)) / 100).toFixed(2)} %`;
}
