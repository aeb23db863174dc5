import { counted } from '../../base/amount-text.ts';
import { localTime, span } from '../../base/time-text.ts';
import type { CallEntry, TimelineEntry } from '../../store/queries/session/agent-tree.ts';
import type { SessionTimeline } from '../../store/queries/session/session-timeline.ts';
import { sessionState } from '../../store/queries/session/session-state.ts';
import { REASON_TEXTS } from '../../store/queries/transcripts/proof-reasons.ts';
import { errorLine } from '../../event/error-line.ts';
import { linesText, shownPath } from '../listing/row-text.ts';
import type { CliEnvironment } from '../environment.ts';

/** A part of the page that tells a session, whatever it is printed as. Its texts may hold anything. */
export type PageBlock =
  | { readonly kind: 'title'; readonly text: string }
  | {
      readonly kind: 'facts' | 'files';
      /** Names and what is said of them; of files, their paths. */
      readonly facts: readonly (readonly [string, string])[];
    }
  | { readonly kind: 'heading'; readonly text: string; readonly prompt: string | null }
  | PageCall
  | { readonly kind: 'agent'; readonly depth: number; readonly text: string }
  | { readonly kind: 'diff'; readonly depth: number; readonly title: string; readonly text: string }
  | { readonly kind: 'note'; readonly text: string };

/** A call on the page. */
export interface PageCall {
  readonly kind: 'call';
  /** How deep within subagents; 0 for the session itself. */
  readonly depth: number;
  readonly time: string;
  readonly tool: string;
  readonly what: string;
  readonly outcome: string;
  readonly took: string;
  readonly lines: string;
  /** What else is to be said of it: why it failed, that it was tried again, how long it waited. */
  readonly notes: readonly string[];
}

/** What a session did, block by block. Times are in the zone of this machine. */
export function timelinePage(
  timeline: SessionTimeline,
  { env, now }: Pick<CliEnvironment, 'env' | 'now'>,
): PageBlock[] {
  const { session, turns, next } = timeline;
  const root = session.projectRoot;
  const pathText = (path: string): string => shownPath(path, root, env);
  // Said once above, if it is so of all: after an import it mostly is.
  const isAllRecovered = timeline.totals.recovered === timeline.totals.calls;
  const blocks: PageBlock[] = [
    { kind: 'title', text: `Session ${session.id}` },
    { kind: 'facts', facts: factsOf(timeline, env, now()) },
  ];
  const tell = (entries: readonly TimelineEntry[], depth: number): void => {
    for (const entry of entries) {
      if (entry.kind === 'agent') {
        blocks.push({ kind: 'agent', depth, text: agentText(entry.agent) });
        tell(entry.entries, depth + 1);
      } else {
        const call = isAllRecovered ? { ...entry, isRecovered: false } : entry;
        blocks.push(callOf(call, depth, pathText), ...diffsOf(entry, depth, pathText));
        tell(entry.entries, depth + 1);
      }
    }
  };
  for (const turn of turns) {
    const { at, prompt, idleMs, endedAt, end } = turn;
    const facts = [
      at === null ? 'before the first prompt' : timeText(at),
      ...(at === null || turn.isTyped ? [] : ['not typed']),
      ...(at !== null && endedAt !== null ? [`took ${span(endedAt - at)}`] : []),
      ...(end === 'failed' ? ['ended by an error of the API'] : []),
      ...(idleMs === null ? [] : [`after ${span(idleMs)} idle`]),
    ];
    const text = prompt === null ? (at === null ? null : 'The prompt is not kept.') : prompt;
    blocks.push({ kind: 'heading', text: facts.join(' · '), prompt: text });
    tell(turn.entries, 0);
  }
  blocks.push({ kind: 'heading', text: 'Files', prompt: null });
  blocks.push({ kind: 'files', facts: fileFacts(timeline, pathText) });
  if (next !== null) blocks.push({ kind: 'note', text: `There is more: --after ${next}` });
  return blocks;
}

/** A page whose texts are all as `clean` makes them. */
export function cleanPage(
  blocks: readonly PageBlock[],
  clean: (text: string) => string,
): PageBlock[] {
  return blocks.map((block) => cleanTexts(block, clean));
}

// --- internal ---

/** `kind` is no text of anybody's. */
function cleanTexts<T>(value: T, clean: (text: string) => string): T {
  if (typeof value === 'string') return clean(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => cleanTexts(item, clean)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      return [key, key === 'kind' ? inner : cleanTexts(inner, clean)];
    }),
  ) as T;
}

type PathText = (path: string) => string;

/** The time of day, which is what the parts of a session differ in. */
function timeText(at: number): string {
  return localTime(at).slice(11);
}

function factsOf(
  { session, totals, waiting, tokens, models, proof }: SessionTimeline,
  env: CliEnvironment['env'],
  now: number,
): [string, string][] {
  const { projectName, projectRoot, cwd, gitBranch, startedAt, endedAt, endReason } = session;
  const place = [
    projectName ?? '',
    shownPath(projectRoot ?? cwd ?? '', null, env),
    gitBranch ?? '',
  ];
  const outcomes = Object.entries(totals.outcomes).filter(([, count]) => count > 0);
  const calls = [
    counted(totals.calls, 'call'),
    ...outcomes.map(([outcome, count]) => `${count.toLocaleString('en-US')} ${outcome}`),
    ...(totals.retries > 0 ? [counted(totals.retries, 'retry').replace(/retrys$/, 'retries')] : []),
    ...(totals.recovered > 0 ? [`${totals.recovered} recovered from the transcript`] : []),
    `ran ${span(totals.durationMs)}`,
    `+${totals.linesAdded} -${totals.linesRemoved}`,
  ];
  const waits: [number, string][] = [
    [waiting.permissionMs, 'for leave'],
    [waiting.questionMs, 'for answers'],
    [waiting.idleMs, 'for prompts'],
  ];
  const waited = waits
    .filter(([length]) => length > 0)
    .map(([length, what]) => `${span(length)} ${what}`);
  const state = sessionState(session, now);
  const end =
    endedAt === null
      ? state === 'waiting'
        ? 'waits for you'
        : state === 'open'
          ? 'open'
          : `${span(session.lastEventAt - startedAt)} to the last event · no end recorded`
      : `${span(endedAt - startedAt)}${endReason === null ? '' : `, ended: ${endReason}`}`;
  return [
    ['Project', place.filter(Boolean).join(' · ')],
    ['Time', `${localTime(startedAt)} · ${end}`],
    ['Prompts', session.prompts.toLocaleString('en-US')],
    ['Calls', calls.join(' · ')],
    ...(waited.length > 0 ? [['Waited', waited.join(' · ')] as [string, string]] : []),
    ...modelFacts(models, tokens),
    ['Proof', proofFact(proof)],
  ];
}

function modelFacts(
  models: SessionTimeline['models'],
  tokens: SessionTimeline['tokens'],
): [string, string][] {
  if (models.length === 0) return [];
  const names = [...new Set(models.map(({ model }) => model))].join(', ');
  if (tokens.answers === 0) return [['Models', names]];
  const texts = [
    `${numberText(tokens.inputTokens)} in`,
    `${numberText(tokens.outputTokens)} out`,
    `${numberText(tokens.cacheReadTokens)} read from the cache`,
    `${numberText(tokens.cacheCreationTokens)} written to it`,
  ];
  return [
    ['Models', names],
    ['Tokens', texts.join(' · ')],
  ];
}

function numberText(value: number): string {
  return value.toLocaleString('en-US');
}

function proofFact(proof: SessionTimeline['proof']): string {
  if (proof === null)
    return 'not compared with its transcript; `pattern-tracker reconcile` does it';
  const { transcript, tracked, missing, extra, recovered, disagreeing, rewritten, reasons } = proof;
  const odd: [number, string][] = [
    [missing, 'missing'],
    [extra, 'not in the transcript'],
    [recovered, 'recovered'],
    [disagreeing, 'told otherwise there'],
    [rewritten, 'rewritten by hooks'],
  ];
  const why = Object.entries(reasons).map(
    ([reason, count]) => `${numberText(count)} ${REASON_TEXTS[reason] ?? reason}`,
  );
  return [
    `${numberText(tracked)} of ${counted(transcript, 'call')} of the transcript recorded`,
    ...odd.filter(([count]) => count > 0).map(([count, what]) => `${numberText(count)} ${what}`),
    ...why,
    ...(proof.isWhole ? [] : ['its last seconds were left for later']),
  ].join(' · ');
}

function callOf(call: CallEntry, depth: number, pathText: PathText): PageCall {
  const { asked, error, agent, fileChanges } = call;
  const notes = [
    ...(agent === null ? [] : [agentText(agent)]),
    ...(error === null ? [] : [errorLine(error)]),
    ...(call.retryOf === null ? [] : ['again']),
    ...(call.permissionMs === null ? [] : [`waited ${span(call.permissionMs)} for leave`]),
    ...(asked === null ? [] : [`asked for: ${asked}`]),
    ...(call.isRecovered ? ['recovered'] : []),
    ...fileChanges
      .map(({ filePath, change }) => `${change} ${pathText(filePath)}`)
      .slice(0, MAX_CHANGES),
  ];
  return {
    kind: 'call',
    depth,
    time: timeText(call.at),
    tool: call.toolName,
    what: pathText(call.summary),
    outcome: call.outcome,
    took: call.durationMs === null ? '' : span(call.durationMs),
    lines: linesText(call),
    notes,
  };
}

/** Files that a command changed and that are named with it. */
const MAX_CHANGES = 3;

function agentText({ agentType, model, agentId }: NonNullable<CallEntry['agent']>): string {
  return ['subagent', agentType ?? agentId, ...(model === null ? [] : [model])].join(' ');
}

function diffsOf({ diffs = [] }: CallEntry, depth: number, pathText: PathText): PageBlock[] {
  return diffs.flatMap(({ filePath, change, hunks, isExact }) => {
    if (hunks === null || hunks === '') return [];
    const note = isExact ? '' : ' (where, or what was there before, is not known)';
    const title = `${pathText(filePath)} ${change}${note}`;
    return [{ kind: 'diff', depth, title, text: hunks } as const];
  });
}

function fileFacts({ files }: SessionTimeline, pathText: PathText): [string, string][] {
  if (files.length === 0) return [['none', '']];
  return files.slice(0, MAX_FILES).map((file): [string, string] => {
    const facts = [
      linesText(file) || 'lines not known',
      counted(file.calls, 'call'),
      ...(file.change === 'deleted' ? ['deleted'] : []),
    ];
    return [pathText(file.filePath), facts.join(' · ')];
  });
}

/** Files that a page lists; `--json` has all. */
const MAX_FILES = 200;
