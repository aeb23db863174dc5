import { Count, Lines } from '../../parts/count.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago, Since } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { NowData } from './query.ts';

/** Who needs me? */
export const nowView: PageView<NowData> = { View };

// --- internal ---

function View({ data: { sessions } }: ViewProps<NowData>) {
  if (sessions.length === 0) {
    return (
      <Empty
        title="No session in the last day"
        why="Here stands each session of Claude Code, those that wait for you first."
        command="pattern-tracker doctor"
      />
    );
  }
  return (
    <ul class="cards">
      {sessions.map((session) => (
        <li class="card" data-row key={session.id}>
          <p class="card-top">
            {session.waitingSince !== null ? (
              <Status is="wait">
                waiting <Since at={session.waitingSince} />
              </Status>
            ) : session.endedAt === null ? (
              <Status is="running">
                open, <Ago at={session.lastEventAt} />
              </Status>
            ) : (
              <Status is="ended">
                ended <Ago at={session.endedAt} />
              </Status>
            )}
            <a href={`/sessions/${encodeURIComponent(session.id)}`}>
              <Plain text={session.projectName ?? session.id} />
            </a>
          </p>
          {session.firstPrompt !== null && (
            <p class="card-prompt">
              <Plain text={session.firstPrompt} />
            </p>
          )}
          <p class="dim">
            <Count of={session.toolCalls} noun="call" /> · <Count of={session.files} noun="file" />{' '}
            · <Lines added={session.linesAdded} removed={session.linesRemoved} />
          </p>
        </li>
      ))}
    </ul>
  );
}
