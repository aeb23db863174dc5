import { useMemo } from 'preact/hooks';
import { counted } from '../../../base/amount-text.ts';
import { span } from '../../../base/time-text.ts';
import type { StatisticsGroup } from '../../../store/queries/statistics/statistics.ts';
import type { DeliveryDay } from '../../../store/queries/statistics/delivery-figures.ts';
import { roundText } from '../../parts/count.tsx';
import { Figures } from '../../parts/figures/figures.tsx';
import { Section } from '../../parts/figures/section.tsx';
import { HealthPages } from '../../parts/health/health-pages.tsx';
import { NumberTable, rateText } from '../../parts/health/number-table.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Plot } from '../../parts/figures/plot.tsx';
import type { Series } from '../../parts/figures/plot.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Length } from '../../parts/figures/length.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { Latencies } from './latencies.tsx';
import type { PerformanceData } from './query.ts';

/** How fast is it? */
export const performanceView: PageView<PerformanceData> = { View };

// --- internal ---

function View({ data: { delivery, figures, days, tools }, url }: ViewProps<PerformanceData>) {
  const { cache } = delivery;
  const time = (ms: number | null) => (ms === null ? '–' : span(ms));
  return (
    <div class="sections">
      <Figures
        figures={[
          {
            name: 'Response on average',
            value: time(figures.averageMs),
            note: counted(figures.requests, 'request'),
          },
          { name: 'P95', value: time(figures.p95Ms), note: 'from a histogram' },
          { name: 'P99', value: time(figures.p99Ms), note: 'from a histogram' },
          {
            name: 'Delivered',
            value: figures.delivered.toLocaleString('en-US'),
            note: `of ${counted(figures.captured, 'event')} captured`,
          },
          {
            name: 'Cache hits',
            value: figures.cacheHitRate === null ? '–' : rateText(figures.cacheHitRate),
            note: `${counted(cache.entries, 'answer')} held, ${cache.size.toLocaleString('en-US')} at most`,
          },
        ]}
      />
      <DayPlot days={days} />
      <div class="section-pair">
        <Section title="How long requests took" note="since the metrics were last reset">
          <Latencies sinks={delivery.sinks} />
        </Section>
        <Section title="Delivery">
          <NumberTable
            caption="Delivery to each sink"
            sinks={delivery.sinks}
            numbers={[
              {
                title: 'Response on average',
                cell: ({ metrics }) => time(metrics.avg_response_time_ms),
              },
              {
                title: 'Requests',
                cell: ({ metrics }) => metrics.http_requests.toLocaleString('en-US'),
              },
              {
                title: 'Events attempted',
                cell: ({ metrics }) => metrics.total_requests.toLocaleString('en-US'),
              },
              {
                title: 'Retries',
                cell: ({ metrics }) => metrics.retry_attempts.toLocaleString('en-US'),
              },
            ]}
          />
        </Section>
      </div>
      <Section title="How long calls take" note="the slowest tool first">
        {tools.length === 0 ? (
          <p class="dim">No call in this time tells how long it took.</p>
        ) : (
          <Table
            caption="Tools"
            columns={TOOL_COLUMNS}
            rows={tools}
            rowKey={({ key }) => key ?? ''}
            url={url}
          />
        )}
      </Section>
      <Section title="More">
        <HealthPages but="/health/performance" />
      </Section>
    </div>
  );
}

function DayPlot({ days }: { readonly days: readonly DeliveryDay[] }) {
  const timed = useMemo(() => days.filter(({ requests }) => requests > 0), [days]);
  const names = useMemo(() => timed.map(({ day }) => day), [timed]);
  const series = useMemo((): Series[] => {
    const line = (label: string, colour: string, of: (day: DeliveryDay) => number | null) => ({
      label,
      colour,
      kind: 'line' as const,
      values: timed.map(of),
    });
    return [
      line('average', '--accent-border', ({ averageMs }) => averageMs),
      line('P95', '--warn-border', ({ p95Ms }) => p95Ms),
      line('P99', '--fail-border', ({ p99Ms }) => p99Ms),
    ];
  }, [timed]);
  if (timed.length < 2) return null;
  return (
    <Plot title="Response day by day" names={names} series={series} text={span}>
      <div class="table-room">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {['Requests', 'Average', 'P95', 'P99'].map((title) => (
                <th scope="col" class="num right" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {timed.map(({ day, requests, averageMs, p95Ms, p99Ms }) => (
              <tr key={day}>
                <td class="num">{day}</td>
                <td class="num right">{roundText(requests)}</td>
                {[averageMs, p95Ms, p99Ms].map((ms, at) => (
                  <td class="num right" key={at}>
                    <Length ms={ms} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Plot>
  );
}

const TOOL_COLUMNS: readonly Column<StatisticsGroup>[] = [
  {
    name: 'tool',
    title: 'Tool',
    isWide: true,
    order: ({ key }) => key,
    cell: ({ key }) => (
      <a href={`/calls?tool=${encodeURIComponent(key ?? '')}&sort=-took`}>
        <Plain text={key ?? 'not known'} />
      </a>
    ),
  },
  {
    name: 'calls',
    title: 'Calls',
    align: 'right',
    order: ({ calls }) => calls,
    cell: ({ calls }) => (calls ?? 0).toLocaleString('en-US'),
  },
  {
    name: 'p50',
    title: 'P50',
    align: 'right',
    order: ({ p50Ms }) => p50Ms,
    cell: ({ p50Ms }) => <Length ms={p50Ms} />,
  },
  {
    name: 'p95',
    title: 'P95',
    align: 'right',
    order: ({ p95Ms }) => p95Ms,
    cell: ({ p95Ms }) => <Length ms={p95Ms} />,
  },
];
