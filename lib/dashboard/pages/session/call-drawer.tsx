import type { ComponentChildren } from 'preact';
import type { Json, JsonObject } from '../../../base/json.ts';
import { span } from '../../../base/time-text.ts';
import type { CallDetail } from '../../../store/queries/session/call-detail.ts';
import { Diff } from '../../parts/diff/diff.tsx';
import { Drawer } from '../../parts/drawer.tsx';
import { shortPath } from '../../parts/link.ts';
import { Plain, plainText, shortText } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { ClockTime } from '../../parts/time.tsx';

/** A call beside the timeline. */
export function CallDrawer({
  call,
  closeHref,
  root,
}: {
  readonly call: CallDetail;
  readonly closeHref: string;
  readonly root: string | null;
}) {
  return (
    <Drawer closeHref={closeHref} title={<CallTitle call={call} root={root} />}>
      <CallFacts call={call} root={root} />
    </Drawer>
  );
}

/** All of a call: what it was given, what it answered, what it did to files. */
export function CallFacts({
  call,
  root,
  withTitle = false,
}: {
  readonly call: CallDetail;
  readonly root: string | null;
  /** True where nothing else names it. */
  readonly withTitle?: boolean;
}) {
  const { outcome, durationMs, error, asked, input, output, diffs = [] } = call;
  const isWell = outcome === 'ok' || outcome === 'running';
  return (
    <>
      {withTitle && (
        <h1>
          <CallTitle call={call} root={root} />
        </h1>
      )}
      <p class="detail-line">
        <Status
          is={
            outcome === 'running'
              ? 'running'
              : isWell
                ? 'ok'
                : outcome === 'failed'
                  ? 'fail'
                  : 'warn'
          }
        >
          {outcome}
        </Status>
        <ClockTime at={call.at} />
        {durationMs !== null && <span class="num">took {span(durationMs)}</span>}
        {call.permissionMs !== null && (
          <span class="num">waited {span(call.permissionMs)} for leave</span>
        )}
        {call.isRecovered && <span class="dim">told by the transcript only</span>}
      </p>
      {call.permission !== null && (
        <p class="dim detail-line">
          {[call.permission, call.permissionSource, call.permissionReason]
            .filter((text): text is string => text !== null)
            .map((text) => (
              <Plain text={text} key={text} />
            ))}
        </p>
      )}
      {error !== null && (
        <Block title="Why">
          <Text text={error} class="is-fail" />
        </Block>
      )}
      {asked !== null && (
        <Block title="Claude had asked for">
          <Text text={asked} />
        </Block>
      )}
      {diffs.map(({ filePath, change, hunks, isExact }) => (
        <Block title={`${change}: ${shortPath(filePath, root)}`} key={filePath}>
          {hunks === null ? (
            <p class="dim">Its text is not stored.</p>
          ) : (
            <Diff hunks={hunks} note={isExact ? null : 'What stood there before is not known.'} />
          )}
        </Block>
      ))}
      {call.patterns.length > 0 && (
        <Block title="Patterns">
          <ul class="pattern-list">
            {call.patterns.map(({ patternId, action, filePath, startLine }) => (
              <li key={`${patternId}-${filePath}-${startLine}`}>
                <a href={`/patterns/${encodeURIComponent(patternId)}`}>
                  <code>{patternId.slice(0, 12)}</code>
                </a>{' '}
                <span class="dim">{action}</span>
              </li>
            ))}
          </ul>
        </Block>
      )}
      <Block title="Input">
        {input === null ? (
          <p class="dim">Past retention.</p>
        ) : (
          <Fields of={withoutCode(input, diffs.length > 0)} />
        )}
      </Block>
      {output !== null && diffs.length === 0 && (
        <Block title="Output">
          {typeof output === 'object' && !Array.isArray(output) ? (
            <Fields of={output as JsonObject} />
          ) : (
            <Text text={typeof output === 'string' ? output : JSON.stringify(output, null, 2)} />
          )}
        </Block>
      )}
    </>
  );
}

/** A whole prompt. */
export function PromptDrawer({
  prompt: { at, text },
  closeHref,
}: {
  readonly prompt: { readonly at: number | null; readonly text: string | null };
  readonly closeHref: string;
}) {
  return (
    <Drawer closeHref={closeHref} title="Prompt">
      {at !== null && (
        <p class="detail-line">
          <ClockTime at={at} />
        </p>
      )}
      {text === null ? (
        <p class="dim">It is not kept.</p>
      ) : (
        <p class="prompt-text">{plainText(text)}</p>
      )}
    </Drawer>
  );
}

// --- internal ---

function CallTitle({ call, root }: { readonly call: CallDetail; readonly root: string | null }) {
  return (
    <>
      {shortText(call.toolName, 60)} <code>{shortText(shortPath(call.summary, root), 200)}</code>
    </>
  );
}

function Block({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="detail">
      <h3>{shortText(title, 300)}</h3>
      {children}
    </section>
  );
}

function Fields({ of }: { readonly of: JsonObject }) {
  const fields = Object.entries(of).filter(([, value]) => value !== '' && value !== null);
  if (fields.length === 0) return <p class="dim">Nothing.</p>;
  return (
    <dl class="fields">
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{shortText(name, 80)}</dt>
          <dd>
            <Text text={textOf(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Text({ text, class: name = '' }: { readonly text: string; readonly class?: string }) {
  return (
    <pre class={`text ${name}`} dir="auto" tabIndex={0}>
      {shortText(text, MOST_TEXT)}
    </pre>
  );
}

/** Longer texts are cut here; the export has them whole, as far as they are stored. */
const MOST_TEXT = 100_000;

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** The diff shows the code, and better. */
function withoutCode(input: JsonObject, hasDiff: boolean): JsonObject {
  if (!hasDiff) return input;
  const code = new Set(['content', 'old_string', 'new_string', 'edits', 'new_source']);
  return Object.fromEntries(Object.entries(input).filter(([name]) => !code.has(name)));
}
