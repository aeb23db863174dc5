import { counted } from '../../../base/amount-text.ts';
import { span } from '../../../base/time-text.ts';
import { Plain } from '../../parts/plain.tsx';
import { ClockTime } from '../../parts/time.tsx';
import type { TurnRow } from './timeline-rows.ts';

/** A prompt, as the heading of what it led to. */
export function TurnLine({ turn, href }: { readonly turn: TurnRow; readonly href: string }) {
  const { at, prompt, isTyped, end, idleMs, tookMs, calls } = turn;
  return (
    <li class="turn" data-row>
      <h2 class="turn-prompt">
        {prompt !== null ? (
          <a href={href}>
            <Plain text={prompt} />
          </a>
        ) : (
          <span class="dim">
            {at === null ? 'Before the first prompt' : 'The prompt is not kept'}
          </span>
        )}
      </h2>
      <p class="turn-facts dim">
        {at !== null && <ClockTime at={at} />}
        {at !== null && !isTyped && <span>not typed</span>}
        <span class="num">{span(tookMs)}</span>
        <span class="num">{counted(calls, 'call')}</span>
        {idleMs !== null && <span class="num from-560">after {span(idleMs)} idle</span>}
        {end === 'failed' && <span class="is-fail">✕ ended by an error of the API</span>}
      </p>
    </li>
  );
}
