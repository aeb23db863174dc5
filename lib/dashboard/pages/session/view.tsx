import { counted } from '../../../base/amount-text.ts';
import { linkWith } from '../../parts/link.ts';
import { plainText, shortId } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { CallDrawer, PromptDrawer } from './call-drawer.tsx';
import { Changes } from './changes.tsx';
import { SessionHeading } from './session-heading.tsx';
import type { SessionData } from './query.ts';
import { Timeline } from './timeline.tsx';

/** What happened? */
export const sessionView: PageView<SessionData> = {
  View,
  titleOf: ({ session }) => `${plainText(session.projectName ?? 'Session')} ${shortId(session.id)}`,
  // A change without events may be the proof of this very session.
  isAffected: ({ session }, { sessions }) =>
    sessions === null || sessions.length === 0 || sessions.includes(session.id),
};

// --- internal ---

function View({ data, url }: ViewProps<SessionData>) {
  const { totals, files, rows, isWhole, call, prompt, changes } = data;
  const only = url.searchParams.get('only');
  const closeHref = linkWith(url, { call: null, prompt: null });
  return (
    <div class="session">
      <SessionHeading data={data} url={url} />
      <nav class="session-tabs" aria-label="Parts of the session">
        <a href={linkWith(url, { show: null })} {...(changes === null && CURRENT)}>
          Timeline <span class="num dim">{totals.calls.toLocaleString('en-US')}</span>
        </a>
        <a href={linkWith(url, { show: 'changes' })} {...(changes !== null && CURRENT)}>
          Changes in all <span class="num dim">{files.length.toLocaleString('en-US')}</span>
        </a>
        {only !== null && (
          <a class="session-chip" href={linkWith(url, { only: null })}>
            Only {plainText(only)} <span aria-hidden="true">✕</span>
            <span class="unseen">: show all calls</span>
          </a>
        )}
      </nav>
      {changes !== null ? (
        <Changes changes={changes} root={data.session.projectRoot} />
      ) : rows.length === 0 ? (
        <Empty
          title={only === null ? 'No call yet' : 'No call of this kind'}
          why="Here stands each prompt with the calls that it led to, as they happen."
        />
      ) : (
        <Timeline
          rows={rows}
          url={url}
          root={data.session.projectRoot}
          openKey={call?.toolUseId ?? null}
        />
      )}
      {!isWhole && <p class="dim">The first {counted(rows.length, 'row')} are shown.</p>}
      {call !== null && (
        <CallDrawer call={call} closeHref={closeHref} root={data.session.projectRoot} />
      )}
      {prompt !== null && <PromptDrawer prompt={prompt} closeHref={closeHref} />}
    </div>
  );
}

const CURRENT = { 'aria-current': 'page' as const };
