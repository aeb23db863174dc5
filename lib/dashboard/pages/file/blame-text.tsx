import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useClient } from '../../frame/client-side.ts';
import { CodeLine } from '../../parts/code/code.tsx';
import type { ColouredLine } from '../../parts/code/coloured-line.ts';
import { linkWith } from '../../parts/link.ts';
import { shortText, shortId } from '../../parts/plain.tsx';
import { callLink } from '../../parts/recorded/links.ts';
import { Ago } from '../../parts/time.tsx';
import { useCodeColours } from '../../parts/code/use-code-colours.ts';
import { useWindowRows } from '../../parts/window-rows.ts';
import { LINES_SHOWN } from './shown-text.ts';
import type { LineRun, ShownLine, ShownText, WritingCall } from './shown-text.ts';
import { RunDetail } from './run-detail.tsx';

/** The lines of a file, each with who wrote it and when; what is pointed at or focused is told beside it. */
export function BlameText({
  text,
  total,
  language,
  url,
}: {
  readonly text: ShownText;
  /** How many lines the file has. */
  readonly total: number;
  readonly language: string;
  readonly url: URL;
}) {
  const { lines, runs, calls, first } = text;
  const code = useMemo(() => lines.map((line) => line.text).join('\n'), [lines]);
  const colours = useCodeColours(code, language);
  const runOf = useMemo(() => runsByLine(runs, lines.length, first), [runs, lines, first]);
  const asked = Number(url.searchParams.get('line') ?? 0);
  /** The number of the line that is pointed at; 0 for none. */
  const [active, setActive] = useState(asked);
  const callOf = ({ call }: LineRun) => (call === null ? undefined : calls[call]);
  const body = useRef<HTMLDivElement>(null);
  const lineHeight = useClient().density === 'compact' ? COMPACT : COMFORTABLE;
  const height = useCallback(() => lineHeight, [lineHeight]);
  const shown = useWindowRows(lines.length, height, body);
  const { show } = shown;
  /** The line of the URL that was brought into view, so that one may scroll away from it. */
  const reached = useRef(0);
  useEffect(() => {
    if (asked === 0 || reached.current === asked) return;
    const row = body.current?.querySelector(`[data-line="${asked}"]`);
    if (row) {
      reached.current = asked;
      row.scrollIntoView({ block: 'center' });
    } else if (asked < first + lines.length) show(asked - first); // it is drawn then
  });
  const point = (event: Event) => {
    const row = event.target instanceof Element ? event.target.closest('[data-line]') : null;
    if (row) setActive(Number(row.getAttribute('data-line')));
  };
  const activeRun = runOf[active - first];
  const run = activeRun === undefined ? undefined : runs[activeRun];
  return (
    <div class="blame">
      <div class="blame-room">
        <div
          class="blame-lines"
          ref={body}
          role="list"
          aria-label="Lines"
          onMouseOver={point}
          onFocusCapture={point}
          onClick={point}
        >
          <svg class="gap" height={Math.max(0, shown.before)} aria-hidden="true" />
          {lines.slice(shown.from, shown.to).map((line, offset) => {
            const index = shown.from + offset;
            const at = runOf[index] ?? 0;
            const of = runs[at];
            if (!of) return null;
            const before = runs[at - 1];
            return (
              <Line
                key={index}
                line={line}
                number={first + index}
                run={of}
                call={callOf(of)}
                before={before && callOf(before)}
                isFirst={of.first === first + index}
                isActive={at === activeRun}
                isAsked={asked === first + index}
                pieces={colours?.[index]}
              />
            );
          })}
          <svg class="gap" height={Math.max(0, shown.after)} aria-hidden="true" />
        </div>
      </div>
      <RunDetail
        run={run}
        call={run && callOf(run)}
        line={active}
        sure={lines[active - first]?.sure ?? 'high'}
      />
      {total > LINES_SHOWN && <Pages first={first} shown={lines.length} total={total} url={url} />}
    </div>
  );
}

// --- internal ---

/** The heights of a line in pixels; file/style.css has the same. */
const COMFORTABLE = 24;
const COMPACT = 20;

/** Which run each line belongs to. */
function runsByLine(runs: readonly LineRun[], count: number, first: number): number[] {
  const places: number[] = Array.from({ length: count }, () => 0);
  for (const [at, run] of runs.entries()) places.fill(at, run.first - first, run.last - first + 1);
  return places;
}

function Line({
  line,
  number,
  run,
  call,
  before,
  isFirst,
  isActive,
  isAsked,
  pieces,
}: {
  readonly line: ShownLine;
  readonly number: number;
  readonly run: LineRun;
  readonly call: WritingCall | undefined;
  /** The call that wrote what stands before the run. */
  readonly before: WritingCall | undefined;
  readonly isFirst: boolean;
  readonly isActive: boolean;
  readonly isAsked: boolean;
  readonly pieces: ColouredLine | undefined;
}) {
  const classes = [
    'blame-line',
    `by-${run.by}`,
    isFirst ? 'is-first' : '',
    isActive ? 'is-active' : '',
    isAsked ? 'is-asked' : '',
    line.sure === 'low' && run.by === 'claude' ? 'is-unsure' : '',
  ];
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      role="listitem"
      data-line={number}
      {...(isFirst && { 'data-row': '' })}
    >
      <span class="blame-who">{isFirst && <Who run={run} call={call} before={before} />}</span>
      <span class="blame-when">
        {isFirst && call && call.at !== before?.at && <Ago at={call.at} />}
      </span>
      <span class="code-at">{number}</span>
      <CodeLine text={line.text} pieces={pieces} {...(line.length && { length: line.length })} />
    </div>
  );
}

/** The first words of the prompt, which lead to the call; the tool alone where the prompt is that of the lines before. */
function Who({
  run,
  call,
  before,
}: {
  readonly run: LineRun;
  readonly call: WritingCall | undefined;
  readonly before: WritingCall | undefined;
}) {
  if (run.by !== 'claude') {
    return <span class="dim">{run.by === 'other' ? 'not Claude' : 'unknown'}</span>;
  }
  if (!call) return <span class="dim">Claude, past retention</span>;
  const words = (call.prompt ?? '').trim();
  const isSame = before?.sessionId === call.sessionId && before.prompt === call.prompt;
  if (isSame) {
    return (
      <a class="is-same" href={callLink(call.sessionId, call.toolUseId)}>
        {shortText(call.toolName ?? 'call', 24)}
      </a>
    );
  }
  return (
    <a href={callLink(call.sessionId, call.toolUseId)}>
      <bdi>{words === '' ? `session ${shortId(call.sessionId)}` : shortText(words, 60)}</bdi>
    </a>
  );
}

/** The other parts of a very long file. */
function Pages({
  first,
  shown,
  total,
  url,
}: {
  readonly first: number;
  readonly shown: number;
  readonly total: number;
  readonly url: URL;
}) {
  const last = first + shown - 1;
  return (
    <p class="blame-pages">
      {first > 1 && (
        <a class="button" href={linkWith(url, { line: `${Math.max(1, first - LINES_SHOWN)}` })}>
          Lines before
        </a>
      )}
      <span class="num dim">
        {`${first.toLocaleString('en-US')}–${last.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`}
      </span>
      {last < total && (
        <a class="button" href={linkWith(url, { line: `${last + 1}` })}>
          Lines after
        </a>
      )}
    </p>
  );
}
