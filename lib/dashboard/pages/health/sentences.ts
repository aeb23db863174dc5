import { counted } from '../../../base/amount-text.ts';
import { ago } from '../../../base/time-text.ts';
import type { HealthNumbers } from './health-numbers.ts';

/** One of the three sentences that answer the page's question. */
export interface Sentence {
  readonly about: string;
  readonly is: 'ok' | 'warn' | 'fail' | 'ended';
  readonly text: string;
}

/** Whether all is recorded, whether it is delivered, and which alerts fire. */
export function sentencesOf(numbers: HealthNumbers): Sentence[] {
  return [recording(numbers), delivery(numbers), alarm(numbers)];
}

// --- internal ---

function recording({ facts: { recording: is, stored } }: HealthNumbers): Sentence {
  const about = 'Recording';
  if (is.state === 'off') return { about, is: 'fail', text: `off, because ${is.why}. ${is.hint}` };
  const { value, error } = stored.content;
  if (error) return { about, is: 'fail', text: `on, but ${error.message}.` };
  const proof = value?.proof;
  if (!proof)
    return { about, is: 'ok', text: 'on. No session was compared with its transcript yet.' };
  const { tracked, calls, sessions } = proof;
  const text = `on, ${tracked.toLocaleString('en-US')} of ${counted(calls, 'call')} of ${counted(sessions, 'session')} proven by transcripts.`;
  return { about, is: tracked < calls ? 'warn' : 'ok', text };
}

function delivery({ facts: { at }, delivery: { sinks } }: HealthNumbers): Sentence {
  const about = 'Delivery';
  const named = sinks.filter(
    ({ address, waiting, dead }) => address !== null || waiting + dead > 0,
  );
  if (named.length === 0) {
    return { about, is: 'ended', text: 'nothing leaves this machine: no server is configured.' };
  }
  const texts = named.map(({ noun, waiting, dead, lastDeliveredAt }) => {
    const refused = dead === 0 ? '' : `, ${dead.toLocaleString('en-US')} refused`;
    const last =
      lastDeliveredAt === null ? 'no success yet' : `last success ${ago(lastDeliveredAt, at)}`;
    const to = named.length === 1 ? '' : ` for the ${noun}`;
    return `${waiting.toLocaleString('en-US')} wait${to}${refused}, ${last}`;
  });
  const isCut = named.some(({ breaker }) => breaker.phase !== 'closed');
  const isBad = named.some(({ available, dead }) => available === false || dead > 0);
  const open = isCut ? 'stopped by the circuit breaker: ' : '';
  const text = `${open}${texts.join('; ')}.`;
  return { about, is: isCut ? 'fail' : isBad ? 'warn' : 'ok', text };
}

function alarm({ alerts }: HealthNumbers): Sentence {
  const about = 'Alerts';
  const of = (state: string) => alerts.filter((alert) => alert.state === state);
  const [firing, silenced, pending] = [of('firing'), of('silenced'), of('pending')];
  const parts = [
    ...firing.map(({ title, level }) => `${title} (${level})`),
    ...(silenced.length > 0 ? [`${silenced.length} silenced`] : []),
    ...(pending.length > 0 ? [`${pending.length} about to fire`] : []),
  ];
  if (parts.length === 0) return { about, is: 'ok', text: 'none.' };
  return { about, is: firing.length > 0 ? 'fail' : 'warn', text: `${parts.join(', ')}.` };
}
