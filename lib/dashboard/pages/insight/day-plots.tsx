import { useMemo } from 'preact/hooks';
import { shareText } from '../../../base/amount-text.ts';
import type { StatisticsGroup } from '../../../store/queries/statistics/statistics.ts';
import { roundText } from '../../parts/count.tsx';
import { Plot } from '../../parts/figures/plot.tsx';
import type { Series } from '../../parts/figures/plot.tsx';
import { daysBetween } from './day-series.ts';
import { allTokens } from './group-table.tsx';

/** Calls, lines and tokens day by day. One day is no trend: it has no plot. */
export function DayPlots({ days }: { readonly days: readonly StatisticsGroup[] }) {
  const names = useMemo(() => daysBetween(days.map(({ key }) => key ?? '')), [days]);
  const of = useMemo(() => seriesOf(names, days), [names, days]);
  if (days.length < 2) return null;
  const hasTokens = days.some((day) => (allTokens(day) ?? 0) > 0);
  return (
    <div class="plot-row">
      <Plot title="Calls a day" names={names} series={of.calls} text={roundText}>
        <DayTable
          days={days}
          columns={[
            ['Calls', ({ calls }) => calls],
            ['Did not succeed', ({ calls, ok }) => (calls ?? 0) - (ok ?? 0)],
          ]}
          share
        />
      </Plot>
      <Plot title="Lines written a day" names={names} series={of.lines} text={roundText}>
        <DayTable days={days} columns={[['Lines written', ({ linesWritten }) => linesWritten]]} />
      </Plot>
      {hasTokens && (
        <Plot title="Tokens a day" names={names} series={of.tokens} text={roundText}>
          <DayTable
            days={days}
            columns={[
              ['Read from the cache', ({ tokens }) => tokens?.cacheRead ?? null],
              ['Written to the cache', ({ tokens }) => tokens?.cacheCreation ?? null],
              ['Input', ({ tokens }) => tokens?.input ?? null],
              ['Output', ({ tokens }) => tokens?.output ?? null],
            ]}
          />
        </Plot>
      )}
    </div>
  );
}

// --- internal ---

function seriesOf(names: readonly string[], days: readonly StatisticsGroup[]) {
  const byDay = new Map(days.map((day) => [day.key, day]));
  const values = (of: (day: StatisticsGroup) => number | null) =>
    names.map((name) => {
      const day = byDay.get(name);
      return day ? of(day) : 0;
    });
  const bars = (label: string, colour: string, of: (day: StatisticsGroup) => number | null) =>
    ({ label, colour, kind: 'bars', values: values(of) }) satisfies Series;
  return {
    // The later ones are drawn over the first: what is left to be seen of it did not succeed.
    calls: [
      bars('all', '--fail-border', ({ calls }) => calls),
      bars('succeeded', '--accent-border', ({ ok }) => ok),
    ],
    lines: [bars('written', '--claude-border', ({ linesWritten }) => linesWritten)],
    tokens: [bars('tokens', '--accent-border', allTokens)],
  };
}

function DayTable({
  days,
  columns,
  share = false,
}: {
  readonly days: readonly StatisticsGroup[];
  readonly columns: readonly (readonly [string, (day: StatisticsGroup) => number | null])[];
  readonly share?: boolean;
}) {
  return (
    <div class="table-room">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {columns.map(([title]) => (
              <th scope="col" class="num right" key={title}>
                {title}
              </th>
            ))}
            {share && (
              <th scope="col" class="num right">
                Succeeded
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.key}>
              <td class="num">{day.key}</td>
              {columns.map(([title, of]) => (
                <td class="num right" key={title}>
                  {of(day)?.toLocaleString('en-US') ?? '–'}
                </td>
              ))}
              {share && (
                <td class="num right">
                  {day.successRate === null ? '–' : shareText(day.successRate)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
