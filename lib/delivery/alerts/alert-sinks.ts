import { errorMessage } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database/database.ts';
import type { Sink } from '../sink.ts';
import { Outbox } from '../store/outbox.ts';
import type { AlertMessage } from './alert-message.ts';
import { ALERT_MAIL } from './mail-sink.ts';
import { ALERT_WEBHOOK } from './webhook-sink.ts';

/**
 * The ways of an alert that can fail and are tried again: each has an outbox, a breaker and a lock like any other
 * sink. They are not among `SINKS`, because nothing that was recorded goes there.
 */
export const ALERT_SINKS: readonly Sink[] = [ALERT_WEBHOOK, ALERT_MAIL];

/** Adds a message to the outbox of each of these sinks that is configured; returns how many there are. */
export function queueAlert(
  database: Database,
  config: Config,
  message: AlertMessage,
  now: number,
): number {
  const sinks = ALERT_SINKS.filter((sink) => sink.delivers(config));
  const body = JSON.stringify(message);
  const add = () => {
    for (const { name } of sinks) {
      new Outbox(database, name).add(
        {
          eventId: message.id,
          eventType: ALERT_EVENT,
          sessionId: null,
          patternId: '',
          lineageId: message.rule, // so that nobody is told of its end before its beginning
          body,
        },
        now,
      );
    }
  };
  if (sinks.length > 0) database.transaction(add).immediate();
  return sinks.length;
}

/** Why a sink for alerts cannot be used, such as a secret that others can read; null when it can, or is not configured. */
export function alertAccessFault(config: Config, sink: Sink): string | null {
  if (!sink.delivers(config)) return null;
  try {
    sink.checkAccess(config);
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

// --- internal ---

/** The type of their rows in the outbox. */
const ALERT_EVENT = 'alert';
