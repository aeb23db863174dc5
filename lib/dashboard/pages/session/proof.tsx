import { counted } from '../../../base/amount-text.ts';
import { REASON_TEXTS } from '../../../store/queries/transcripts/proof-reasons.ts';
import { Plain } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';
import type { SessionData } from './query.ts';

/** Whether all of the session is recorded, as its transcript says. */
export function Proof({ proof }: { readonly proof: SessionData['proof'] }) {
  if (proof === null) {
    return (
      <span>
        <Status is="ended">not compared yet</Status>
        <span class="dim">
          : the end of the session does it, or <code>pattern-tracker reconcile</code>
        </span>
      </span>
    );
  }
  const { at, tracked, transcript, missing, reasons } = proof;
  const odd = [
    [missing, 'missing'],
    [proof.recovered, 'recovered'],
    [proof.extra, 'not in the transcript'],
    [proof.disagreeing, 'told otherwise there'],
    [proof.rewritten, 'rewritten by hooks'],
  ] as const;
  const notes = odd.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return (
    <span>
      <Status is={missing === 0 ? 'ok' : 'fail'}>
        {tracked.toLocaleString('en-US')} of {counted(transcript, 'call')} recorded
      </Status>{' '}
      <span class="dim">
        {notes.length > 0 && `${notes.join(' · ')} · `}
        compared <Ago at={at} />
        {!proof.isWhole && ', but for its last seconds'}
      </span>
      {Object.keys(reasons).length > 0 && (
        <span class="dim">
          {' '}
          (
          <Plain
            text={Object.entries(reasons)
              .map(([reason, count]) => `${count} ${REASON_TEXTS[reason] ?? reason}`)
              .join(', ')}
          />
          )
        </span>
      )}
    </span>
  );
}
