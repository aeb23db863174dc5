import type { ComponentChildren } from 'preact';
import type { SinkReport } from '../../server/health/sink-report.ts';
import { NumberRows } from '../figures/number-rows.tsx';
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
    <NumberRows
      caption={caption}
      titles={[
        'Since the last reset',
        ...sinks.map(({ noun }) => <Plain text={noun} key={noun} />),
      ]}
      rows={numbers.map(({ title, cell }) => [title, ...sinks.map(cell)])}
    />
  );
}

/** A share from 0 to 1 with one decimal; null is no data yet. Less than all is never 100 %. */
export function rateText(rate: number | null): string {
  if (rate === null) return 'no data yet';
  const text = (rate * 100).toFixed(1);
  return `${text === '100.0' && rate < 1 ? '99.9' : text} %`;
}
