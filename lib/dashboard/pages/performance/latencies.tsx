import { span } from '../../../base/time-text.ts';
import { NumberRows } from '../../parts/figures/number-rows.tsx';
import { RateBar } from '../../parts/figures/rate-bar.tsx';
import { Plain } from '../../parts/plain.tsx';
import type { SinkReport } from '../../server/health/sink-report.ts';

/** How many requests took how long, for each sink that was asked. */
export function Latencies({ sinks }: { readonly sinks: readonly SinkReport[] }) {
  const asked = sinks.filter(({ metrics }) => metrics.latency.count > 0);
  if (asked.length === 0) {
    return <p class="dim">No request was made yet.</p>;
  }
  const bounds = asked[0]?.metrics.latency.buckets.map(({ upToMs }) => upToMs) ?? [];
  return (
    <NumberRows
      caption="Requests by how long they took"
      titles={['Took', ...asked.map(({ noun }) => <Plain text={noun} key={noun} />)]}
      rows={bounds.map((upToMs, at) => [
        upToMs === null ? `more than ${span(bounds[at - 1] ?? 0)}` : `up to ${span(upToMs)}`,
        ...asked.map(({ metrics: { latency } }) => {
          const count = latency.buckets[at]?.count ?? 0;
          return (
            <>
              {count.toLocaleString('en-US')}
              <RateBar share={count / latency.count} is="accent" />
            </>
          );
        }),
      ])}
    />
  );
}
