import { API_PREFIX } from '../http/route.ts';
import type { Endpoint, Route } from '../http/route.ts';
import { documentationRoutes } from './documentation.ts';
import { analyticsRoutes } from './analytics.ts';
import { feedbackRoutes } from './feedback.ts';
import { apiHealthRoute, healthRoute, liveRoute, metricsRoute, readyRoute } from './health.ts';
import { auditRoute } from './audit.ts';
import { forgetRoutes } from './forget.ts';
import { executionRoutes } from './executions.ts';
import { statsRoutes } from './stats.ts';
import { lineageRoutes } from './lineage.ts';
import { patternRoutes } from './patterns.ts';
import { trackRoutes } from './track.ts';

/** The routes below {@link API_PREFIX}. */
const API: readonly Route[] = [
  ...trackRoutes,
  ...lineageRoutes,
  ...patternRoutes,
  ...forgetRoutes,
  ...analyticsRoutes,
  ...feedbackRoutes,
  ...statsRoutes,
  ...executionRoutes,
  auditRoute,
  apiHealthRoute,
];

/** The endpoints that the OpenAPI document lists: all but the documentation itself. */
const DOCUMENTED: readonly Endpoint[] = [
  ...API.map((own) => ({ route: own, path: API_PREFIX + own.path })),
  ...[healthRoute, liveRoute, readyRoute, metricsRoute].map((own) => ({
    route: own,
    path: own.path,
  })),
];

/** Every endpoint of the service. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...DOCUMENTED,
  ...documentationRoutes(DOCUMENTED).map((own) => ({ route: own, path: own.path })),
];
