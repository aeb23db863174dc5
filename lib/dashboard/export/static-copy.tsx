import type { JsonObject } from '../../base/json.ts';
import { localTime } from '../../base/time-text.ts';
import type { Redactor } from '../../redact/redact.ts';
import { callDetail } from '../../store/queries/session/call-detail.ts';
import type { CallDetail } from '../../store/queries/session/call-detail.ts';
import { sessionTimeline } from '../../store/queries/session/session-timeline.ts';
import type { SessionTimeline } from '../../store/queries/session/session-timeline.ts';
import { listSessions } from '../../store/queries/sessions.ts';
import { CallFacts } from '../pages/session/call-drawer.tsx';
import { sessionDataOf } from '../pages/session/query.ts';
import type { SessionData } from '../pages/session/query.ts';
import { callsIn } from '../pages/session/timeline-rows.ts';
import { sessionView } from '../pages/session/view.tsx';
import { sessionsView } from '../pages/sessions/view.tsx';
import type { Sources } from '../server/sources.ts';
import { staticPage } from './static-page.tsx';
import { withStaticLinks } from './static-links.ts';

/** What is copied. */
export interface CopyOptions {
  readonly filter: {
    readonly session?: string | undefined;
    readonly projectIds?: readonly number[] | undefined;
    readonly since?: number | undefined;
    readonly until?: number | undefined;
  };
  /** With the rules of now: what is stored was checked by those of its time. */
  readonly redactor: Redactor;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A file of the copy. */
export interface CopiedFile {
  readonly name: string;
  readonly text: string;
}

/** Draws sessions as pages that open from disk, one at a time: a list, and for each session its timeline, changes and calls. */
export function* staticCopy(
  sources: Sources,
  { filter, redactor, now }: CopyOptions,
): Generator<CopiedFile> {
  // What the program itself goes by is no secret, such as the id that links are made of.
  const clean = <T extends object>(data: T, id: string): T =>
    redactor.redactPayload({ session_id: id, data: data as JsonObject }).payload['data'] as T;
  const sessions =
    sources.read((database) => listSessions(database, { ...filter, limit: -1 })) ?? [];
  const ids = new Set(sessions.map(({ id }) => id));
  const page = (title: string, name: string, body: Parameters<typeof staticPage>[2]) => {
    const html = staticPage(title, now, body);
    return { name, text: withStaticLinks(html, (path) => fileOf(path, ids)) };
  };
  const listed = {
    rows: sessions.map((session) => clean(session, session.id)),
    total: sessions.length,
  };
  yield page(
    'Sessions of Claude Code',
    'index.html',
    <>
      <h1>What was done?</h1>
      <p class="dim static-note">Copied at {localTime(now)}, without secrets.</p>
      <sessionsView.View data={listed} url={urlOf('/sessions')} params={{}} at={now} />
    </>,
  );
  for (const id of ids) {
    const read = sources.read((database) => {
      const timeline = sessionTimeline(database, id, { limit: -1, isBrief: true });
      if (timeline === undefined || timeline === 'no-such-call') return undefined;
      const calls = callsIn(timeline).map((call) => callDetail(database, id, call));
      return {
        calls,
        shown: sessionDataOf(database, timeline, new URLSearchParams(), now),
        changed: sessionDataOf(database, timeline, new URLSearchParams({ show: 'changes' }), now),
      };
    });
    if (!read) continue;
    const { shown, changed, calls } = clean(read, id);
    for (const [query, data] of [
      ['', shown],
      ['?show=changes', changed],
    ] as const) {
      const path = `/sessions/${encodeURIComponent(id)}${query}`;
      yield page(titleOf(data), fileOf(path, ids) ?? '', sessionPage(data, path, now));
    }
    for (const call of calls) {
      const path = `/sessions/${encodeURIComponent(id)}?call=${encodeURIComponent(call.toolUseId)}`;
      yield page(
        `${call.toolName} · ${titleOf(shown)}`,
        fileOf(path, ids) ?? '',
        callPage(call, shown),
      );
    }
  }
}

// --- internal ---

function sessionPage(data: SessionData, path: string, now: number) {
  return (
    <>
      <p class="static-note">
        <a href="/sessions">All sessions</a>
      </p>
      <h1>What happened?</h1>
      <sessionView.View data={data} url={urlOf(path)} params={{}} at={now} />
    </>
  );
}

function callPage(call: CallDetail, { session }: Pick<SessionTimeline, 'session'>) {
  return (
    <>
      <p class="static-note">
        <a href={`/sessions/${encodeURIComponent(session.id)}`}>Back to the session</a>
      </p>
      <CallFacts call={call} root={session.projectRoot} withTitle />
    </>
  );
}

function titleOf(data: SessionData): string {
  return sessionView.titleOf?.(data) ?? 'Session';
}

function urlOf(path: string): URL {
  return new URL(path, 'http://localhost');
}

/** The file of a page; undefined for what is not copied. */
function fileOf(path: string, sessions: ReadonlySet<string>): string | undefined {
  const { pathname, searchParams } = urlOf(path);
  const asked = [...searchParams.keys()];
  if (pathname === '/sessions') return asked.length === 0 ? 'index.html' : undefined;
  if (asked.some((name) => name !== 'call' && name !== 'show')) return undefined;
  const [, encoded = ''] = /^\/sessions\/([^/]+)$/.exec(pathname) ?? [];
  const id = decodeURIComponent(encoded);
  if (!sessions.has(id)) return undefined;
  const call = searchParams.get('call');
  if (call !== null) return `${nameOf(id)}.${nameOf(call)}.html`;
  return `${nameOf(id)}${searchParams.get('show') === 'changes' ? '.changes' : ''}.html`;
}

/** An id as a part of the name of a file. */
function nameOf(id: string): string {
  return id.replaceAll(/[^\w-]/g, (sign) => `~${sign.codePointAt(0)?.toString(16)}`).slice(0, 100);
}
