import { errorLine } from '../../../event/error-line.ts';
import { Count, Lines, roundText } from '../../parts/count.tsx';
import { Plain, shortText } from '../../parts/plain.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Status } from '../../parts/status.tsx';
import type { Meaning } from '../../parts/status.tsx';
import { Ago, Since } from '../../parts/time.tsx';
import type { Need } from './needs.ts';
import type { SessionCard } from './query.ts';

/** What one session is doing, at a glance. */
export function Card({ session }: { readonly session: SessionCard }) {
  const { id, need, projectName, gitBranch, model, tokens, firstPrompt, lastPrompt } = session;
  const href = `/sessions/${encodeURIComponent(id)}`;
  const isPast = need === 'ended' || need === 'silent';
  const prompt = lastPrompt ?? firstPrompt;
  return (
    <li class={`card session-card need-${need}`} data-row>
      <div class="card-line">
        <Need session={session} />
        <a class="card-name" href={href}>
          <Plain text={projectName ?? id.slice(0, 8)} />
        </a>
        {gitBranch && <Plain class="dim card-branch" text={gitBranch} />}
        <span class="card-end dim">
          {model && <Plain text={modelName(model)} />}
          {tokens.answers > 0 && (
            <span class="num"> · {roundText(tokens.outputTokens)} tokens</span>
          )}
        </span>
      </div>
      {prompt !== null && (
        <p class="card-prompt" title={shortText(prompt, 1_000)}>
          <Plain text={prompt} />
        </p>
      )}
      {!isPast && <Doing session={session} href={href} />}
      <div class="card-line card-facts">
        <span class="card-numbers">
          <Count of={session.toolCalls} noun="call" href={href} />
          <Count of={session.files} noun="file" href={`${href}?show=changes`} />
          <Lines added={session.linesAdded} removed={session.linesRemoved} />
          {session.agents > 0 && !isPast && (
            <Count of={session.agents} noun="subagent" href={href} />
          )}
          {session.failedToolCalls > 0 && (
            <a class="is-fail num" href={`${href}?only=failed`}>
              {session.failedToolCalls} failed
            </a>
          )}
        </span>
        {!isPast && (
          <span class="card-end">
            <Sparkline
              values={session.callsByMinute}
              label={`${sum(session.callsByMinute)} calls in the last 10 minutes`}
            />
          </span>
        )}
      </div>
    </li>
  );
}

// --- internal ---

const MEANINGS: Readonly<Record<Need, Meaning>> = {
  waiting: 'wait',
  failing: 'fail',
  running: 'running',
  finished: 'ok',
  silent: 'ended',
  ended: 'ended',
};

function Need({ session: { need, needSince } }: { readonly session: SessionCard }) {
  const word = need === 'failing' ? 'failed' : need;
  return (
    <Status is={MEANINGS[need]}>
      <span>
        {word} {need === 'ended' ? <Ago at={needSince} /> : <Since at={needSince} />}
      </span>
    </Status>
  );
}

/** What it asks, what it does, or what went wrong last. */
function Doing({ session, href }: { readonly session: SessionCard; readonly href: string }) {
  const { need, lastMark, running, lastFailure } = session;
  if (need === 'waiting') {
    return (
      <p class="card-doing is-wait">
        <Question mark={lastMark} running={running} />
      </p>
    );
  }
  if (need === 'failing') {
    return <p class="card-doing is-fail">An error of the API ended the turn.</p>;
  }
  const [call] = running;
  if (call) {
    return (
      <p class="card-doing">
        <a href={`${href}?call=${encodeURIComponent(call.toolUseId)}`} class="card-call">
          {call.toolName} <code>{shortText(call.summary, 300)}</code>
        </a>
        <span class="dim">
          {' '}
          for <Since at={call.startedAt} />
          {running.length > 1 && `, and ${running.length - 1} more`}
        </span>
      </p>
    );
  }
  if (lastFailure?.error) {
    return (
      <p class="card-doing">
        <a class="is-fail" href={`${href}?call=${encodeURIComponent(lastFailure.toolUseId)}`}>
          ✕ {lastFailure.toolName}: {shortText(errorLine(lastFailure.error), 200)}
        </a>
      </p>
    );
  }
  return null;
}

function Question({
  mark,
  running,
}: {
  readonly mark: SessionCard['lastMark'];
  readonly running: SessionCard['running'];
}) {
  const question = running.find(({ toolName }) =>
    /^(?:AskUserQuestion|ExitPlanMode)$/.test(toolName),
  );
  if (question?.toolName === 'ExitPlanMode') return <>asks: is the plan right?</>;
  if (question) return <>asks you a question</>;
  if (mark?.name === 'PermissionRequest' && mark.toolName !== null) {
    return (
      <>
        asks: may it run {mark.toolName} <code>{shortText(mark.summary ?? '', 300)}</code>?
      </>
    );
  }
  if (mark?.notificationType === 'idle_prompt') return <>has finished, and waits for your prompt</>;
  return <>asks for something</>;
}

/** Without what all of them have: `opus-4-6`. */
function modelName(model: string): string {
  return model.replace(/^claude-/, '').replace(/-\d{8}$/, '');
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
