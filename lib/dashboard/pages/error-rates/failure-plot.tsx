import { useMemo } from 'preact/hooks';
import type { DeliveryDay } from '../../../store/queries/statistics/delivery-figures.ts';
import { rateText } from '../../parts/health/number-table.tsx';
import { Plot } from '../../parts/figures/plot.tsx';
import type { Series } from '../../parts/figures/plot.tsx';

/** How many requests failed day by day. One day is no trend: it has no plot. */
export function FailurePlot({ days }: { readonly days: readonly DeliveryDay[] }) {
  const names = useMemo(() => days.map(({ day }) => day), [days]);
  const series = useMemo(
    (): Series[] => [
      {
        label: 'requests that failed',
        colour: '--fail-border',
        kind: 'bars',
        values: days.map(({ successRate }) => (successRate === null ? null : 1 - successRate)),
      },
    ],
    [days],
  );
  if (days.length < 2) return null;
  return (
    <Plot title="Failures day by day" names={names} series={series} text={rateText}>
      <div class="table-room">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {['Requests', 'Succeeded', 'Dead letters', 'Trips'].map((title) => (
                <th scope="col" class="num right" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, requests, successRate, dead, trips }) => (
              <tr key={day}>
                <td class="num">{day}</td>
                <td class="num right">{requests.toLocaleString('en-US')}</td>
                <td class="num right">{rateText(successRate)}</td>
                <td class="num right">{dead.toLocaleString('en-US')}</td>
                <td class="num right">{trips.toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Plot>
  );
}
