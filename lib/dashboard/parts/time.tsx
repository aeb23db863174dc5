import { useCallback } from 'preact/hooks';
import { ago, localTime, span } from '../../base/time-text.ts';
import { useClient } from '../frame/client-side.ts';
import { useTicking } from './clock.ts';

/** A moment: how long ago it was, in the user's zone exact when pointed at. `null` is shown as unknown. */
export function Ago({ at }: { readonly at: number | null }) {
  const { isStatic } = useClient();
  const word = (now: number) =>
    at === null ? 'unknown' : isStatic ? localTime(at).slice(0, 16) : ago(at, now);
  const text = useTicking(useCallback(word, [at, isStatic]));
  return at === null ? <span class="dim">unknown</span> : <Moment at={at}>{text}</Moment>;
}

/** How long something has lasted that began at a moment and goes on. */
export function Since({ at }: { readonly at: number }) {
  const text = useTicking(useCallback((now) => span(Math.max(0, now - at)), [at]));
  return <Moment at={at}>{text}</Moment>;
}

/** A moment as the time of its day: `14:02`, with its date if that is not today. */
export function ClockTime({ at }: { readonly at: number }) {
  const { at: today } = useClient();
  const whole = useTicking(useCallback(() => localTime(at), [at])); // drawn again in the zone of the browser
  const isSameDay = localTime(today).slice(0, 10) === whole.slice(0, 10);
  return <Moment at={at}>{isSameDay ? whole.slice(11, 16) : whole.slice(0, 16)}</Moment>;
}

// --- internal ---

function Moment({ at, children }: { readonly at: number; readonly children: string }) {
  const exact = useTicking(useCallback(() => localTime(at), [at]));
  return (
    <time class="num" dateTime={new Date(at).toISOString()} title={exact}>
      {children}
    </time>
  );
}
