import { counted } from '../../../base/amount-text.ts';
import type { SinkReport } from '../../server/health/sink-report.ts';
import { Plain } from '../plain.tsx';
import { Status } from '../status.tsx';
import type { Meaning } from '../status.tsx';
import { Ago } from '../time.tsx';

/** How delivery to a sink stands, as a row of a list of parts. */
export function SinkLine({ sink }: { readonly sink: SinkReport }) {
  const { noun, address, waiting, dead, lastDeliveredAt, breaker, lastError } = sink;
  const { is, word } = standing(sink);
  return (
    <>
      <dt>
        <Plain text={noun.slice(0, 1).toUpperCase() + noun.slice(1)} />
      </dt>
      <dd>
        <Status is={is}>{word}</Status>
        {address === null && waiting + dead === 0 ? (
          <span class="dim">The configuration names none.</span>
        ) : (
          <span class="dim">
            {address !== null && (
              <>
                <Plain text={address} />,{' '}
              </>
            )}
            {counted(waiting, 'event')} wait
            {dead > 0 && `, ${counted(dead, 'dead letter')}`}
            {lastDeliveredAt !== null && (
              <>
                , last success <Ago at={lastDeliveredAt} />
              </>
            )}
            {breaker.reason !== null ? (
              <>
                ; <Plain text={breaker.reason} />
              </>
            ) : (
              sink.available === false &&
              lastError !== null && (
                <>
                  ; <Plain text={lastError} />
                </>
              )
            )}
          </span>
        )}
      </dd>
    </>
  );
}

/** One word for a sink. */
export function standing({ address, available, breaker, dead, waiting }: SinkReport): {
  readonly is: Meaning;
  readonly word: string;
} {
  if (address === null && waiting + dead === 0) return { is: 'ended', word: 'none' };
  if (breaker.phase !== 'closed') {
    return { is: 'fail', word: `circuit ${breaker.phase.replace('_', ' ')}` };
  }
  if (available === false) return { is: 'fail', word: 'not available' };
  if (dead > 0) return { is: 'warn', word: 'refuses some' };
  return available === null ? { is: 'ended', word: 'not asked yet' } : { is: 'ok', word: 'well' };
}
