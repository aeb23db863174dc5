import type { ComponentChildren } from 'preact';
import type { SinkReport } from '../../server/health/sink-report.ts';
import { Plain } from '../plain.tsx';

/** A number of delivery, for each sink one column. */
export interface SinkNumber {
  readonly title: string;
  readonly cell: (sink: SinkReport) => ComponentChildren;
}

/** Numbers of delivery: a row a number, a column a sink. */
export function NumberTable({
  caption,
  sinks,
  numbers,
}: {
  readonly caption: string;
  readonly sinks: readonly SinkReport[];
  readonly numbers: readonly SinkNumber[];
}) {
  return (
    <div class="table-room">
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="wide">
              Since the last reset
            </th>
            {sinks.map(({ name, noun }) => (
              <th scope="col" class="num right" key={name}>
                <Plain text={noun} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbers.map(({ title, cell }) => (
            <tr key={title}>
              <td>{title}</td>
              {sinks.map((sink) => (
                <td class="num right" key={sink.name}>
                  {cell(sink)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A share from 0 to 1 with one decimal; null is no data yet. Less than all is never 100 %. */
export function rateText(rate: number | null): string {
  if (rate === null) return 'no data yet';
  const text = (rate * 100).toFixed(1);
  return `${text === '100.0' && rate < 1 ? '99.9' : text} %`;
}
