import { counted } from '../../../base/amount-text.ts';
import { Action } from '../../parts/health/action.tsx';
import { Section } from '../../parts/figures/section.tsx';
import { HealthPages } from '../../parts/health/health-pages.tsx';
import { NumberTable, rateText } from '../../parts/health/number-table.tsx';
import type { SinkNumber } from '../../parts/health/number-table.tsx';
import { Plain } from '../../parts/plain.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { BreakerCard } from './breaker-card.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { FailurePlot } from './failure-plot.tsx';
import type { ErrorRatesData } from './query.ts';

/** What fails? */
export const errorRatesView: PageView<ErrorRatesData> = { View };

// --- internal ---

function View({ data, url, at }: ViewProps<ErrorRatesData>) {
  const { delivery, days, deadLetters, dropped, quarantined, logErrors } = data;
  const lost = dropped.unwritable + dropped.spoolFull;
  return (
    <div class="sections">
      <div class="section-pair">
        <Section
          title="Delivery"
          note={<a href="/insight?by=tool&sort=ok">How often tools fail stands in Insight</a>}
        >
          <NumberTable caption="Failures of delivery" sinks={delivery.sinks} numbers={NUMBERS} />
        </Section>
        <FailurePlot days={days} />
      </div>
      <Section title="Circuit breakers">
        <div class="cards">
          {delivery.sinks.map((sink) => (
            <BreakerCard sink={sink} at={at} key={sink.name} />
          ))}
        </div>
      </Section>
      <Section title="Dead letters" note="what a sink refused for good, or too often">
        <DeadLetters letters={deadLetters} url={url} />
      </Section>
      <div class="section-pair">
        <Section title="Before delivery">
          <dl class="facts">
            <dt>Could not be written</dt>
            <dd class="num">{counted(dropped.unwritable, 'event')}</dd>
            <dt>The spool was full</dt>
            <dd class="num">{counted(dropped.spoolFull, 'event')}</dd>
            <dt>Set aside</dt>
            <dd class="num">{counted(quarantined, 'file')}</dd>
          </dl>
          {lost + quarantined > 0 && (
            <p class="dim error-hint">
              <code>pattern-tracker doctor</code> says why.
            </p>
          )}
        </Section>
        <Section title="Errors in the log" note="since yesterday">
          {logErrors.length === 0 ? (
            <p class="dim">None.</p>
          ) : (
            <dl class="facts log-errors">
              {logErrors.slice(0, MOST_KINDS).map(({ message, count }) => (
                <div key={message}>
                  <dt class="num">{count.toLocaleString('en-US')} ×</dt>
                  <dd>
                    <Plain text={message} />
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </Section>
      </div>
      <Section title="What can be done">
        <div class="actions">
          <Action name="flush" label="Send what waits now" command="pattern-tracker flush" />
          <Action
            name="acknowledge"
            label="Acknowledge what was set aside or lost"
            command="pattern-tracker status --acknowledge"
          />
        </div>
      </Section>
      <Section title="More">
        <HealthPages but="/health/errors" />
      </Section>
    </div>
  );
}

const MOST_KINDS = 10;
const number = (value: number) => value.toLocaleString('en-US');

/** In the words of `pattern-tracker metrics`. */
const NUMBERS: readonly SinkNumber[] = [
  { title: 'Attempted', cell: ({ metrics }) => number(metrics.total_requests) },
  { title: 'Delivered', cell: ({ metrics }) => number(metrics.successful_requests) },
  { title: 'Success rate', cell: ({ metrics }) => rateText(metrics.success_rate) },
  { title: 'Failing', cell: ({ metrics }) => number(metrics.failed_requests) },
  { title: 'Waiting', cell: ({ metrics }) => number(metrics.cached_events) },
  { title: 'Dead letters', cell: ({ metrics }) => number(metrics.dead_letters) },
  { title: 'Dropped by hand', cell: ({ metrics }) => number(metrics.dropped_events) },
  { title: 'Retries', cell: ({ metrics }) => number(metrics.retry_attempts) },
  {
    title: 'Requests that failed',
    cell: ({ metrics }) => `${number(metrics.http_failures)} of ${number(metrics.http_requests)}`,
  },
  {
    title: 'Trips of the circuit breaker',
    cell: ({ metrics }) => number(metrics.circuit_breaker_trips),
  },
];
