import { Empty } from '../../parts/states.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { Need } from './needs.ts';
import type { NowData } from './query.ts';
import { Card } from './session-card.tsx';
import { NotificationSwitch } from './notification-switch.tsx';

/** Who needs me? */
export const nowView: PageView<NowData> = {
  View,
  titleOf: ({ sessions }) => {
    const waiting = sessions.filter(({ need }) => need === 'waiting').length;
    return waiting > 0 ? `(${waiting}) Now` : 'Now';
  },
};

// --- internal ---

function View({ data: { sessions } }: ViewProps<NowData>) {
  if (sessions.length === 0) {
    return (
      <Empty
        title="No session in the last day"
        why="Here stands each session of Claude Code, those that wait for you first. Start one, or look whether it is recorded:"
        command="pattern-tracker status"
      />
    );
  }
  const groups = GROUPS.map((group) => ({
    ...group,
    cards: sessions.filter(({ need }) => group.needs.includes(need)),
  })).filter(({ cards }) => cards.length > 0);
  return (
    <div class="now">
      <NotificationSwitch />
      {groups.map(({ title, cards, isPast }) => (
        <section class={isPast ? 'now-past' : ''} key={title} aria-label={title}>
          <h2 class="group-title">
            {title} <span class="dim num">{cards.length}</span>
          </h2>
          <ul class="cards">
            {cards.map((session) => (
              <Card session={session} key={session.id} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface Group {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly isPast?: boolean;
}

const GROUPS: readonly Group[] = [
  { title: 'Need you', needs: ['waiting', 'failing'] },
  { title: 'At work', needs: ['running'] },
  { title: 'Your turn', needs: ['finished'] },
  { title: 'Today', needs: ['silent', 'ended'], isPast: true },
];
