import type { ComponentChildren } from 'preact';
import { useCallback } from 'preact/hooks';
import { span } from '../../../base/time-text.ts';
import { sessionState } from '../../../store/queries/session/session-state.ts';
import { useTicking } from '../../parts/clock.ts';
import { Count, Lines, roundText } from '../../parts/count.tsx';
import { linkWith } from '../../parts/link.ts';
import { Plain, plainText } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago, ClockTime, Since } from '../../parts/time.tsx';
import type { SessionData } from './query.ts';
import { Proof } from './proof.tsx';

/** Which session it is, how it stands, and its numbers: each leads to its rows. */
export function SessionHeading({ data, url }: { readonly data: SessionData; readonly url: URL }) {
  const { session, totals, waiting, tokens, models, proof } = data;
  const { failed, denied, rejected, interrupted, running } = totals.outcomes;
  const only = (of: string) => linkWith(url, { only: of, show: null, call: null });
  const names = [...new Set(models.map(({ model }) => model))].join(', ');
  return (
    <section class="session-head" aria-label="The session">
      <p class="session-line">
        <State data={data} />
        <strong>
          <Plain text={session.projectName ?? session.cwd ?? 'unknown folder'} />
        </strong>
        {session.gitBranch && <Plain class="dim" text={session.gitBranch} />}
        <span class="dim">
          began <ClockTime at={session.startedAt} />
        </span>
        <code class="dim session-id" title={plainText(session.id)}>
          {session.id.slice(0, 8)}
        </code>
      </p>
      <dl class="session-facts">
        <Fact name="Calls">
          <span class="fact-list">
            <Count of={totals.calls} href={linkWith(url, { only: null, show: null, call: null })} />
            <Odd of={running} word="running" href={only('running')} />
          </span>
        </Fact>
        <Fact name="Not well">
          {failed + denied + rejected + interrupted + totals.retries === 0 ? (
            <span class="dim">none</span>
          ) : (
            <span class="fact-list">
              <Odd of={failed} word="failed" href={only('failed')} isBad />
              <Odd of={denied} word="denied" href={only('denied')} />
              <Odd of={rejected} word="rejected" href={only('rejected')} />
              <Odd of={interrupted} word="interrupted" href={only('interrupted')} />
              <Odd of={totals.retries} word="tried again" href={only('retries')} />
            </span>
          )}
        </Fact>
        <Fact name="Lines">
          <Lines added={totals.linesAdded} removed={totals.linesRemoved} />
        </Fact>
        <Fact name="Waited">
          <Waits waiting={waiting} />
        </Fact>
        <Fact name="Model">
          {names === '' ? <span class="dim">unknown</span> : <Plain text={names} />}
        </Fact>
        <Fact name="Tokens">
          {tokens.answers === 0 ? (
            <span class="dim">not told yet</span>
          ) : (
            <span
              class="num"
              title={`${tokens.cacheReadTokens.toLocaleString('en-US')} read from the cache`}
            >
              {roundText(tokens.inputTokens)} in · {roundText(tokens.outputTokens)} out
            </span>
          )}
        </Fact>
        <Fact name="Proof">
          <Proof proof={proof} />
        </Fact>
      </dl>
    </section>
  );
}

// --- internal ---

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function State({ data: { session, totals } }: { readonly data: SessionData }) {
  const { waitingSince, endedAt, lastEventAt, startedAt } = session;
  const state = useTicking(useCallback((now) => sessionState(session, now), [session]));
  if (endedAt !== null) return <Status is="ended">ended, took {span(endedAt - startedAt)}</Status>;
  if (state === 'no_end') {
    return <Status is="ended">{span(lastEventAt - startedAt)}, no end recorded</Status>;
  }
  if (waitingSince !== null) {
    return (
      <Status is="wait">
        waiting <Since at={waitingSince} />
      </Status>
    );
  }
  if (totals.outcomes.running > 0) return <Status is="running">running</Status>;
  return (
    <Status is={state === 'open' ? 'running' : 'ended'}>
      {state}, last event <Ago at={lastEventAt} />
    </Status>
  );
}

function Odd({
  of,
  word,
  href,
  isBad = false,
}: {
  readonly of: number;
  readonly word: string;
  readonly href: string;
  readonly isBad?: boolean;
}) {
  if (of === 0) return null;
  return (
    <a href={href} class={isBad ? 'num is-fail' : 'num'}>
      {of.toLocaleString('en-US')} {word}
    </a>
  );
}

function Waits({ waiting }: { readonly waiting: SessionData['waiting'] }) {
  const waits = [
    [waiting.permissionMs, 'for leave'],
    [waiting.questionMs, 'for answers'],
    [waiting.idleMs, 'for prompts'],
  ] as const;
  const told = waits.filter(([ms]) => ms > 0).map(([ms, what]) => `${span(ms)} ${what}`);
  return told.length === 0 ? (
    <span class="dim">not at all</span>
  ) : (
    <span class="num">{told.join(' · ')}</span>
  );
}
