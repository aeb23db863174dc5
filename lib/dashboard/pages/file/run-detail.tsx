import { Plain, shortText, shortId } from '../../parts/plain.tsx';
import { callLink, patternLink, sessionLink } from '../../parts/recorded/links.ts';
import { Ago } from '../../parts/time.tsx';
import type { LineRun, WritingCall } from './shown-text.ts';

/** All that is known of the lines that are pointed at. */
export function RunDetail({
  run,
  call,
  line,
  sure,
}: {
  readonly run: LineRun | undefined;
  readonly call: WritingCall | undefined;
  readonly line: number;
  readonly sure: Sureness;
}) {
  if (!run) {
    return (
      <aside class="run-detail is-empty" aria-label="About the line">
        <p class="dim">
          Point at a line, or walk with <kbd>j</kbd> <kbd>k</kbd>: here stands who wrote it, and
          what was asked for.
        </p>
      </aside>
    );
  }
  const { first, last, by } = run;
  return (
    <aside class="run-detail" aria-label="About the line" aria-live="polite">
      <p class="run-lines">
        <strong class={by === 'claude' ? 'is-claude' : ''}>
          {by === 'claude' ? 'Claude' : by === 'other' ? 'Not Claude' : 'Unknown'}
        </strong>{' '}
        <span class="num dim">
          {first === last ? `line ${line}` : `line ${line} of ${first}–${last}`}
        </span>
      </p>
      {by === 'claude' && call && <CallFacts call={call} sure={sure} />}
      {by === 'claude' && !call && (
        <p class="dim">The call that wrote it is past retention. {SURE[sure]}</p>
      )}
      {by === 'other' && <p class="dim">No recorded call of Claude’s wrote it. {SURE[sure]}</p>}
      {by === 'unknown' && (
        <p class="dim">Nothing is known of it: it was changed where nobody looked.</p>
      )}
    </aside>
  );
}

// --- internal ---

type Sureness = 'high' | 'medium' | 'low';

const SURE: Readonly<Record<Sureness, string>> = {
  high: 'This is sure: it stands where it is known to.',
  medium: 'This is likely: it was found in another form or place, or is new.',
  low: 'This is a guess: only a likeness speaks for it.',
};

function CallFacts({ call, sure }: { readonly call: WritingCall; readonly sure: Sureness }) {
  const { sessionId, toolUseId, toolName, agentType, model, generation, patternId, at, prompt } =
    call;
  return (
    <>
      <p class="run-prompt">
        {prompt === null || prompt.trim() === '' ? (
          <span class="dim">The prompt is not kept.</span>
        ) : (
          <Plain text={prompt} />
        )}
      </p>
      <dl class="run-facts">
        <dt>when</dt>
        <dd>
          <Ago at={at} />
        </dd>
        <dt>call</dt>
        <dd>
          <a href={callLink(sessionId, toolUseId)}>{shortText(toolName ?? 'a call', 40)}</a>
          {agentType !== null && <span class="dim"> by {shortText(agentType, 40)}</span>}
        </dd>
        <dt>session</dt>
        <dd>
          <a class="num" href={sessionLink(sessionId)}>
            {shortId(sessionId)}
          </a>
        </dd>
        <dt>model</dt>
        <dd>{model === null ? <span class="dim">unknown</span> : shortText(model, 60)}</dd>
        <dt>generation</dt>
        <dd class="num">
          {generation ?? <span class="dim">unknown</span>}
          {patternId !== null && (
            <>
              {' '}
              · <a href={patternLink(patternId)}>pattern</a>
            </>
          )}
        </dd>
        <dt>sure</dt>
        <dd title={SURE[sure]}>{sure}</dd>
      </dl>
    </>
  );
}
