import { span } from '../../../base/time-text.ts';
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
    <div class="table-room">
      <table class="table">
        <caption class="unseen">Requests by how long they took</caption>
        <thead>
          <tr>
            <th scope="col" class="wide">
              Took
            </th>
            {asked.map(({ name, noun }) => (
              <th scope="col" class="num right" key={name}>
                <Plain text={noun} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bounds.map((upToMs, at) => (
            <tr key={upToMs}>
              <td class="num">
                {upToMs === null
                  ? `more than ${span(bounds[at - 1] ?? 0)}`
                  : `up to ${span(upToMs)}`}
              </td>
              {asked.map(({ name, metrics: { latency } }) => {
                const count = latency.buckets[at]?.count ?? 0;
                return (
                  <td class="num right" key={name}>
                    {count.toLocaleString('en-US')}
                    <RateBar share={count / latency.count} is="accent" />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
