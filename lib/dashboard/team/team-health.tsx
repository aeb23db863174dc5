import { Fragment } from 'preact';
import type { ComponentChildren } from 'preact';
import { serviceFacts } from '../../alerts/service-facts.ts';
import type { ServiceFigures } from '../../alerts/service-facts.ts';
import { counted, shareText } from '../../base/amount-text.ts';
import { span } from '../../base/time-text.ts';
import { errorLine } from '../../event/error-line.ts';
import { SUMMARY_EXECUTIONS } from '../../service/store/rows/execution.ts';
import type { Execution, ExecutionSummary } from '../../service/store/rows/execution.ts';
import { Figures } from '../parts/figures/figures.tsx';
import { NumberRows } from '../parts/figures/number-rows.tsx';
import { RateBar } from '../parts/figures/rate-bar.tsx';
import { Section } from '../parts/figures/section.tsx';
import { Plain } from '../parts/plain.tsx';
import { Status } from '../parts/status.tsx';
import { Ago } from '../parts/time.tsx';

/** How the service stands. Times are milliseconds since 1970. */
export interface ServiceState {
  readonly isWell: boolean;
  readonly detail: string | null;
  readonly kind: string;
  readonly version: string;
  /** How old the answers of a standby may be, in milliseconds; null without a standby. */
  readonly stalenessMs: number | null;
  readonly tenant: string;
  /** Of the tenant; null where it has no pattern. */
  readonly lastSeenAt: number | null;
  /** Of all tenants, since the service was started. */
  readonly figures: ServiceFigures;
}

/** Is the service well? */
export function TeamSystemPage({ state }: { readonly state: ServiceState }) {
  const { isWell, detail, kind, version, stalenessMs, tenant, lastSeenAt, figures } = state;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Store', kind],
    ['Version', version],
    ['Tenant', <Plain text={tenant} key="tenant" />],
    ['Last pattern of the tenant', lastSeenAt === null ? 'none yet' : <Ago at={lastSeenAt} />],
    ...(stalenessMs === null
      ? []
      : [['Answers are at most behind by', span(stalenessMs)] as const]),
  ];
  return (
    <Parts at="/service">
      <p>
        <Status is={isWell ? 'ok' : 'fail'}>{isWell ? 'healthy' : 'unhealthy'}</Status>
        {!isWell && detail !== null && (
          <>
            {' '}
            <Plain text={detail} />
          </>
        )}
      </p>
      <Figures
        figures={[
          {
            name: 'Events in the queue',
            value: figures.queued.toLocaleString('en-US'),
            note: 'of all tenants',
          },
          {
            name: 'Requests',
            value: figures.requests.toLocaleString('en-US'),
            note: SINCE,
          },
          {
            name: 'Answered with 5xx',
            value: figures.failed.toLocaleString('en-US'),
            note: SINCE,
          },
        ]}
      />
      <dl class="facts">
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd class="num">{value}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="prose">
        <a href="/health">/health</a> is for load balancers, <a href="/metrics">/metrics</a> for
        Prometheus; what machines send is judged on each of them by{' '}
        <code>pattern-tracker health</code>.
      </p>
    </Parts>
  );
}

/** How fast is it? */
export function TeamPerformancePage({
  tools,
  figures,
}: {
  readonly tools: readonly ExecutionSummary[];
  readonly figures: ServiceFigures;
}) {
  const { p95Seconds, requests } = serviceFacts(NOTHING, figures);
  const timed = Math.max(1, ...figures.durations.map(({ count }) => count));
  return (
    <Parts at="/service/performance">
      <Figures
        figures={[
          {
            name: 'P95 of requests',
            value: p95Seconds === null ? '–' : withinText(p95Seconds),
            note: 'from a histogram',
          },
          { name: 'Requests', value: requests.toLocaleString('en-US'), note: SINCE },
        ]}
      />
      <div class="section-pair">
        <Section title="How long calls take" note={NEWEST_CALLS}>
          <NumberRows
            caption="Durations by tool"
            titles={['Tool', 'Calls', 'On average', 'Longest']}
            rows={tools
              .toSorted(
                (one, other) => (other.averageDurationMs ?? -1) - (one.averageDurationMs ?? -1),
              )
              .map((tool) => [
                <Tool of={tool} key="name" />,
                tool.executions.toLocaleString('en-US'),
                tool.averageDurationMs === null ? '–' : span(tool.averageDurationMs),
                tool.maxDurationMs === null ? '–' : span(tool.maxDurationMs),
              ])}
          />
        </Section>
        <Section title="How long requests took" note={SINCE}>
          <NumberRows
            caption="Requests by their duration"
            titles={['Took', 'Requests', 'Of all']}
            rows={figures.durations
              .filter(({ count }, at) => count > (figures.durations[at - 1]?.count ?? 0))
              .map(({ upTo, count }) => [
                withinText(upTo),
                count.toLocaleString('en-US'),
                <>
                  {shareText(count / timed)}
                  <RateBar share={count / timed} is="accent" />
                </>,
              ])}
          />
        </Section>
      </div>
    </Parts>
  );
}

/** How many of the newest calls are looked through for failures. */
export const CALLS_READ = 500;

/** What fails? */
export function TeamErrorsPage({
  tools,
  calls,
  figures,
}: {
  readonly tools: readonly ExecutionSummary[];
  /** The newest of the tenant. */
  readonly calls: readonly Execution[];
  readonly figures: ServiceFigures;
}) {
  const made = tools.reduce((sum, { executions }) => sum + executions, 0);
  const failed = tools.reduce((sum, tool) => sum + tool.failed, 0);
  const notWell = calls.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'running');
  return (
    <Parts at="/service/errors">
      <Figures
        figures={[
          {
            name: 'Calls that failed',
            value: made === 0 ? '–' : shareText(failed / made),
            note: `${failed.toLocaleString('en-US')} of ${counted(made, 'call')}`,
          },
          {
            name: 'Requests answered with 5xx',
            value: figures.requests === 0 ? '–' : shareText(figures.failed / figures.requests),
            note: `${figures.failed.toLocaleString('en-US')} of ${counted(figures.requests, 'request')}, of all tenants`,
          },
        ]}
      />
      <div class="section-pair">
        <Section title="By tool" note={NEWEST_CALLS}>
          <NumberRows
            caption="Failed calls by tool"
            titles={['Tool', 'Calls', 'Failed', 'Of all']}
            rows={tools
              .toSorted((one, other) => other.failed - one.failed)
              .map((tool) => [
                <Tool of={tool} key="name" />,
                tool.executions.toLocaleString('en-US'),
                tool.failed.toLocaleString('en-US'),
                shareText(tool.failed / Math.max(1, tool.executions)),
              ])}
          />
        </Section>
        <Section
          title="What did not end well"
          note={calls.length < CALLS_READ ? 'of all calls' : `of the newest ${calls.length} calls`}
        >
          <NumberRows
            caption="Calls that did not end well"
            titles={['Call', 'Outcome', 'When']}
            rows={notWell.map(({ toolName, error, summary, outcome, at }) => [
              <Plain text={`${toolName}: ${error ? errorLine(error) : summary}`} key="what" />,
              outcome,
              <Ago at={at} key="at" />,
            ])}
          />
        </Section>
      </div>
    </Parts>
  );
}

// --- internal ---

const SINCE = 'since the service was started';
const NEWEST_CALLS = `of the newest ${SUMMARY_EXECUTIONS.toLocaleString('en-US')} calls`;
const NOTHING: ServiceFigures = {
  isStoreUp: true,
  queued: 0,
  requests: 0,
  failed: 0,
  durations: [],
};

const PARTS = [
  ['/service', 'System health'],
  ['/service/performance', 'Performance'],
  ['/service/errors', 'Error rates'],
] as const;

/** The three pages about health, each with the way to the others. */
function Parts({ at, children }: { readonly at: string; readonly children: ComponentChildren }) {
  return (
    <div class="sections">
      <nav class="tabs" aria-label="Health">
        {PARTS.map(([href, title]) => (
          <a href={href} key={href} {...(href === at && { 'aria-current': 'page' as const })}>
            {title}
          </a>
        ))}
      </nav>
      {children}
    </div>
  );
}

function Tool({ of: { agentName, toolName } }: { readonly of: ExecutionSummary }) {
  return <Plain text={agentName === null ? toolName : `${toolName} (${agentName})`} />;
}

/** @param seconds of a bucket of the histogram */
function withinText(seconds: number): string {
  if (seconds === Infinity) return 'longer';
  return seconds < 1 ? `≤ ${Number((seconds * 1_000).toPrecision(3))} ms` : `≤ ${seconds} s`;
}
