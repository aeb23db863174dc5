import type { ComponentChildren } from 'preact';
import { VERSION } from '../../base/version.ts';
import { route } from '../../service/http/route.ts';
import type { Call, Reply, Route, RouteOptions } from '../../service/http/route.ts';
import { CALLS_READ, TeamErrorsPage, TeamPerformancePage, TeamSystemPage } from './team-health.tsx';

/** What a page in the frame is called. */
export interface Shown {
  readonly title: string;
  /** That of the page in the rail. */
  readonly path: string;
  readonly question: string;
  /** What is searched for. @default nothing */
  readonly query?: string;
  /** Stands beside the heading. @default nothing */
  readonly aside?: ComponentChildren;
}

/** The three pages about health: what is told of calls is the tenant's, what of requests is the service's. */
export function teamHealthRoutes(
  page: Pick<RouteOptions<never, never>, 'method' | 'tag' | 'scope' | 'replies' | 'refusal'>,
  shown: (call: Call, of: Shown, children: ComponentChildren) => Reply,
): readonly Route[] {
  return [
    route({
      ...page,
      path: '/service',
      summary: 'How the service stands',
      async handle(call) {
        const { service, tenant, store } = call;
        const { isWell, detail } = await service.probe.health();
        const state = {
          isWell,
          detail: detail ?? null,
          kind: service.store.kind,
          version: VERSION,
          stalenessMs: service.store.staleness?.() ?? null,
          tenant,
          // A store that is down has no answer, and the page is to say so.
          lastSeenAt: isWell ? (await store.stats()).lastSeenAt : null,
          figures: await service.metrics.figures(),
        };
        return shown(call, titled('System health'), <TeamSystemPage state={state} />);
      },
    }),
    route({
      ...page,
      path: '/service/performance',
      summary: 'How fast calls and requests are',
      async handle(call) {
        const [tools, figures] = await Promise.all([
          call.store.executionSummary(undefined),
          call.service.metrics.figures(),
        ]);
        return shown(
          call,
          titled('Performance'),
          <TeamPerformancePage tools={tools} figures={figures} />,
        );
      },
    }),
    route({
      ...page,
      path: '/service/errors',
      summary: 'Which calls and requests fail',
      async handle(call) {
        const { store, service } = call;
        const [tools, calls, figures] = await Promise.all([
          store.executionSummary(undefined),
          store.executions({ limit: CALLS_READ }),
          service.metrics.figures(),
        ]);
        return shown(
          call,
          titled('Error rates'),
          <TeamErrorsPage tools={tools} calls={calls} figures={figures} />,
        );
      },
    }),
  ];
}

// --- internal ---

const QUESTIONS = {
  'System health': 'Is the service well?',
  Performance: 'How fast is it?',
  'Error rates': 'What fails?',
};

function titled(title: keyof typeof QUESTIONS): Shown {
  return { title, path: '/service', question: QUESTIONS[title] };
}
