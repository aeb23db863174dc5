import { counted, shareText } from '../../../base/amount-text.ts';
import { span } from '../../../base/time-text.ts';
import { STATISTICS_KEYS } from '../../../store/queries/statistics/group-key.ts';
import { Count, Lines, roundText } from '../../parts/count.tsx';
import { Figures } from '../../parts/figures/figures.tsx';
import { Section } from '../../parts/figures/section.tsx';
import { Empty } from '../../parts/states.tsx';
import { UNSUCCESSFUL } from '../calls/outcome-choice.ts';
import type { PageView, ViewProps } from '../page.ts';
import { DayPlots } from './day-plots.tsx';
import { allTokens, GroupTable } from './group-table.tsx';
import { Failures, HotFiles, Models, ReusedPatterns } from './lists.tsx';
import type { InsightData } from './query.ts';
import { SurvivalBars } from './survival-bars.tsx';
import { WeekMap } from './week-map.tsx';

/** What works, what doesn't? */
export const insightView: PageView<InsightData> = {
  View,
  // It would read every file again.
  isAffected: ({ survival }) => survival === null,
};

// --- internal ---

function View({ data, url }: ViewProps<InsightData>) {
  const { statistics, days, hours, by } = data;
  if (statistics.calls === 0 && statistics.edits === 0 && statistics.models.length === 0) {
    return (
      <Empty
        title="No tool call in this time"
        why="Here stands what succeeded and what failed, how long it took, and what became of the code. Choose a longer time, or look whether it is recorded:"
        command="pattern-tracker status"
      />
    );
  }
  return (
    <div class="sections">
      <Overview data={data} url={url} />
      <DayPlots days={days} />
      <div class="section-pair">
        <Section title="When calls end" note="by hour of the week">
          <WeekMap hours={hours} />
        </Section>
        <Section title="Why calls did not succeed" note="most frequent first">
          <Failures failures={statistics.failures} calls={statistics.calls ?? 0} url={url} />
        </Section>
      </div>
      <Section title="What works" note={<By by={by} url={url} />}>
        <GroupTable by={by} groups={statistics.groups} url={url} />
      </Section>
      <Section title="What became of the code">
        <SurvivalBars data={data} url={url} />
      </Section>
      <div class="section-pair">
        <Section title="Tokens by model">
          <Models models={statistics.models} />
        </Section>
        <Section title="Most edited files">
          <HotFiles files={statistics.files} />
        </Section>
      </div>
      <Section title="Code that is written again and again">
        <ReusedPatterns patterns={statistics.patterns} />
      </Section>
    </div>
  );
}

function Overview({ data: { statistics: of }, url }: Pick<ViewProps<InsightData>, 'data' | 'url'>) {
  const failed = (of.calls ?? 0) - (of.ok ?? 0);
  const tokens = allTokens(of);
  const { edits, reworked } = of.rework;
  const to = (path: string, more = '') => {
    const query = new URLSearchParams(url.search);
    for (const name of ['by', 'sort', 'survival']) query.delete(name);
    const text = [query.toString(), more].filter(Boolean).join('&');
    return text ? `${path}?${text}` : path;
  };
  return (
    <Figures
      figures={[
        {
          name: 'Sessions',
          value: <Count of={of.sessions} href={to('/sessions')} />,
        },
        {
          name: 'Calls',
          value: <Count of={of.calls ?? 0} href={to('/calls')} />,
          note: of.p95Ms === null ? 'none was timed' : `95 % within ${span(of.p95Ms)}`,
        },
        {
          name: 'Succeeded',
          value: of.successRate === null ? '–' : shareText(of.successRate),
          note: (
            <>
              <Count of={failed} href={to('/calls', `outcome=${UNSUCCESSFUL}`)} /> did not
            </>
          ),
        },
        {
          name: 'Lines in files',
          value: <Lines added={of.linesAdded} removed={of.linesRemoved} />,
          note: `${(of.linesWritten ?? 0).toLocaleString('en-US')} written by Claude itself`,
        },
        {
          name: 'Reworked within the hour',
          value: edits === 0 ? '–' : shareText(reworked / edits),
          note: `${reworked.toLocaleString('en-US')} of ${counted(edits, 'edit')}`,
        },
        {
          name: 'Tokens',
          value: tokens === null || tokens === 0 ? '–' : roundText(tokens),
          note:
            of.cost !== null
              ? `cost ${of.cost.toFixed(2)}`
              : tokens
                ? 'no price is configured'
                : 'transcripts tell them',
        },
      ]}
    />
  );
}

function By({ by, url }: { readonly by: string; readonly url: URL }) {
  return (
    <nav class="choices" aria-label="By">
      {STATISTICS_KEYS.map((key) => {
        const to = new URL(url);
        to.searchParams.set('by', key);
        to.searchParams.delete('sort');
        return (
          <a
            href={`${to.pathname}${to.search}`}
            key={key}
            {...(key === by && { 'aria-current': 'true' as const })}
          >
            {key}
          </a>
        );
      })}
    </nav>
  );
}
