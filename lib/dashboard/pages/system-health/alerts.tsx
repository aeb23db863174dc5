import type { ShownAlert } from '../../../alerts/shown-alerts.ts';
import { counted } from '../../../base/amount-text.ts';
import { Action } from '../../parts/health/action.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import type { Meaning } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';

/** Alerts that fire, are silenced, are about to fire, or did within the week. */
export function Alerts({ alerts }: { readonly alerts: readonly ShownAlert[] }) {
  if (alerts.length === 0) return <p class="dim">None fires, and none did in the last week.</p>;
  return (
    <div class="cards">
      {alerts.map((alert) => (
        <AlertCard alert={alert} key={alert.rule} />
      ))}
    </div>
  );
}

// --- internal ---

const MEANINGS: Readonly<Record<ShownAlert['state'], Meaning>> = {
  firing: 'fail',
  silenced: 'ended',
  pending: 'warn',
  resolved: 'ok',
  ok: 'ok',
};

function AlertCard({ alert }: { readonly alert: ShownAlert }) {
  const { rule, title, level, state, detail, since, resolvedAt, silencedUntil, action } = alert;
  const isUp = state === 'firing' || state === 'pending';
  return (
    <article class="card alert-card">
      <header class="sink-head">
        <h3>
          <Plain text={title} />
        </h3>
        <Status is={MEANINGS[state]}>{state}</Status>
        <span class="dim">
          {level}
          {isUp && `, to be looked at within ${counted(alert.respondWithinMinutes, 'minute')}`}
          {since !== null && state !== 'resolved' && (
            <>
              , since <Ago at={since} />
            </>
          )}
          {resolvedAt !== null && state === 'resolved' && (
            <>
              , over <Ago at={resolvedAt} />
            </>
          )}
          {silencedUntil !== null && (
            <>
              , until <Ago at={silencedUntil} />
            </>
          )}
        </span>
      </header>
      {detail !== null && (
        <p>
          <Plain text={detail} />
        </p>
      )}
      {state !== 'resolved' && (
        <p class="dim">
          → <Plain text={action} />
        </p>
      )}
      {state === 'firing' && (
        <Action
          name="silence"
          label="Silence it for an hour"
          options={{ rule }}
          command={`pattern-tracker alerts silence ${rule} --for 1h`}
        />
      )}
      {state === 'silenced' && (
        <Action
          name="unsilence"
          label="Tell people again"
          options={{ rule }}
          command={`pattern-tracker alerts unsilence ${rule}`}
        />
      )}
    </article>
  );
}
