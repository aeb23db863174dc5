import { counted } from '../../../base/amount-text.ts';
import type { Transition } from '../../../delivery/breaker/breaker.ts';
import { Action } from '../../parts/health/action.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';
import type { SinkReport } from '../../server/health/sink-report.ts';

/** The circuit breaker of a sink: how it stands, what it did, and the button that closes it. */
export function BreakerCard({
  sink: { name, noun, breaker },
  at,
}: {
  readonly sink: SinkReport;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
}) {
  const { phase, reason, retryAt, failures, threshold, trips, history } = breaker;
  const isClosed = phase === 'closed';
  return (
    <div class="card sink-card">
      <div class="sink-head">
        <h3>
          <Plain text={noun.slice(0, 1).toUpperCase() + noun.slice(1)} />
        </h3>
        <Status is={isClosed ? 'ok' : 'fail'}>{phase.replace('_', ' ')}</Status>
        <span class="dim num">
          {`${counted(failures, 'failure')} in a row, opens at ${threshold}; opened ${counted(trips, 'time')} so far`}
        </span>
      </div>
      {reason !== null && (
        <p>
          <Plain text={reason} />
          {retryAt !== null && (
            <>; it is probed {retryAt > at ? <Ago at={retryAt} /> : 'with the next delivery'}</>
          )}
        </p>
      )}
      {!isClosed && (
        <Action
          name="reset-breaker"
          label="Close it"
          options={{ sink: name }}
          command={`pattern-tracker breaker reset --sink ${name}`}
        />
      )}
      {history.length > 0 && (
        <details class="unfold" open={!isClosed}>
          <summary>History</summary>
          <ol class="breaker-history">
            {history.map((move, place) => (
              <Move move={move} key={place} />
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

// --- internal ---

function Move({ move: { at, to, reason } }: { readonly move: Transition }) {
  return (
    <li>
      <Ago at={at} />
      <Status is={to === 'closed' ? 'ok' : to === 'open' ? 'fail' : 'warn'}>
        {to.replace('_', ' ')}
      </Status>
      <Plain text={reason} />
    </li>
  );
}
