import { counted, shareText } from '../../base/amount-text.ts';
import { span } from '../../base/time-text.ts';
import type { ExecutionSummary } from '../../service/store/rows/execution.ts';
import type { FoundPattern } from '../../service/store/rows/pattern-search.ts';
import type { Relatives } from '../../service/store/rows/relatives.ts';
import type { StoreStats } from '../../service/store/rows/store-stats.ts';
import type {
  StoredPattern,
  StoredPatternDetail,
} from '../../service/store/rows/stored-pattern.ts';
import { Figures } from '../parts/figures/figures.tsx';
import { RateBar } from '../parts/figures/rate-bar.tsx';
import { Section } from '../parts/figures/section.tsx';
import { Plain, plainText } from '../parts/plain.tsx';
import { Empty } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';
import {
  OccurrenceTable,
  PatternTable,
  RelativeTable,
  teamPatternLink,
} from './pattern-tables.tsx';
import { NumberRows } from '../parts/figures/number-rows.tsx';

/** What was written last? */
export function PatternsPage({
  patterns,
  next,
}: {
  readonly patterns: readonly StoredPattern[];
  /** Where the list goes on; undefined at its end. */
  readonly next: string | undefined;
}) {
  if (patterns.length === 0) {
    return (
      <Empty
        title="No pattern yet"
        why="Here stands what Claude wrote on the machines that send to this server. How they do:"
        command="pattern-tracker config set api.base_url ADDRESS"
      />
    );
  }
  return (
    <>
      <PatternTable patterns={patterns} />
      {next !== undefined && (
        <p class="list-end">
          <a href={next}>Earlier ones</a>
        </p>
      )}
    </>
  );
}

/** One pattern: its code, its places, what it came from and what came from it. */
export function PatternPage({
  pattern,
  ancestry,
  descendants,
}: {
  readonly pattern: StoredPatternDetail;
  readonly ancestry: Relatives | undefined;
  readonly descendants: Relatives | undefined;
}) {
  const { language, lines, generation, occurrences, firstSeenAt, lastSeenAt, code, recent } =
    pattern;
  return (
    <div class="sections">
      <p class="dim">
        <Plain text={language} />, {counted(lines, 'line')}, generation {generation}, written{' '}
        {counted(occurrences, 'time')}, first <Ago at={firstSeenAt} />, last <Ago at={lastSeenAt} />
        {pattern.isDeprecated && ', deprecated'}
      </p>
      <pre class="team-code" tabIndex={0} aria-label="Code">
        <code>{plainText(code)}</code>
      </pre>
      <Section title="Where it was written">
        <OccurrenceTable rows={recent} />
      </Section>
      <Related title="What it came from" of={ancestry} />
      <Related title="What came from it" of={descendants} />
    </div>
  );
}

/** Where was that? */
export function SearchPage({
  query,
  found,
}: {
  readonly query: string;
  readonly found: readonly FoundPattern[];
}) {
  if (query === '') return <p class="dim">Type words that the code or its name has.</p>;
  if (found.length === 0) {
    return (
      <Empty
        title="Nothing was found"
        why="A pattern has to contain every word. Try fewer, or a part of one."
      />
    );
  }
  return (
    <ul class="team-found">
      {found.map(({ id, name, head, language, filePath, lastSeenAt }) => (
        <li class="card" key={id}>
          <a href={teamPatternLink(id)}>
            <Plain text={name || id} />
          </a>{' '}
          <span class="dim">
            <Plain text={`${language} · ${filePath ?? ''}`} /> · <Ago at={lastSeenAt} />
          </span>
          <pre>
            <code>{plainText(head)}</code>
          </pre>
        </li>
      ))}
    </ul>
  );
}

/** What works, what doesn't, for the whole tenant. */
export function TeamInsightPage({
  stats,
  tools,
}: {
  readonly stats: StoreStats;
  readonly tools: readonly ExecutionSummary[];
}) {
  const most = Math.max(1, ...stats.languages.map(({ patterns }) => patterns));
  const number = (value: number) => value.toLocaleString('en-US');
  return (
    <div class="sections">
      <Figures
        figures={[
          { name: 'Patterns', value: <a href="/">{number(stats.patterns)}</a> },
          { name: 'Lineages', value: number(stats.lineages) },
          { name: 'Times written', value: number(stats.occurrences) },
          { name: 'Sessions', value: number(stats.sessions) },
          { name: 'Tool calls', value: number(stats.toolCalls) },
          { name: 'Last', value: <Ago at={stats.lastSeenAt} /> },
        ]}
      />
      <div class="section-pair">
        <Section title="Languages">
          <NumberRows
            caption="Patterns by language"
            titles={['Language', 'Patterns']}
            rows={stats.languages.map(({ language, patterns }) => [
              <a href={`/?language=${encodeURIComponent(language)}`} key="name">
                <Plain text={language} />
              </a>,
              <>
                {number(patterns)}
                <RateBar share={patterns / most} is="claude" />
              </>,
            ])}
          />
        </Section>
        <Section title="Tools" note="of the newest 10,000 calls">
          <NumberRows
            caption="Calls by tool"
            titles={['Tool', 'Calls', 'Succeeded', 'On average']}
            rows={tools.map(({ agentName, toolName, executions, failed, averageDurationMs }) => [
              <Plain
                text={agentName === null ? toolName : `${toolName} (${agentName})`}
                key="name"
              />,
              number(executions),
              shareText(1 - failed / Math.max(1, executions)),
              averageDurationMs === null ? '–' : span(averageDurationMs),
            ])}
          />
        </Section>
      </div>
    </div>
  );
}

// --- internal ---

function Related({ title, of }: { readonly title: string; readonly of: Relatives | undefined }) {
  if (!of || of.relatives.length === 0) return null;
  return (
    <Section title={title} note={of.isCut ? 'the nearest' : undefined}>
      <RelativeTable rows={of.relatives} />
    </Section>
  );
}
