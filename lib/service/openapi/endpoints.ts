import { API_PREFIX } from '../http/route.ts';
import type { Endpoint, Route } from '../http/route.ts';
import { documentationRoutes } from '../routes/documentation.ts';
import { analyticsRoutes } from '../routes/analytics.ts';
import { feedbackRoutes } from '../routes/feedback.ts';
import { apiHealthRoute, healthRoute, metricsRoute } from '../routes/health.ts';
import { insightRoutes } from '../routes/insight.ts';
import { lineageRoutes } from '../routes/lineage.ts';
import { patternRoutes } from '../routes/patterns.ts';
import { trackRoutes } from '../routes/track.ts';

/** The routes below {@link API_PREFIX}. */
const API: readonly Route[] = [
  ...trackRoutes,
  ...lineageRoutes,
  ...patternRoutes,
  ...analyticsRoutes,
  ...feedbackRoutes,
  ...insightRoutes,
  apiHealthRoute,
];

/** The endpoints that the OpenAPI document lists: all but the documentation itself. */
const DOCUMENTED: readonly Endpoint[] = [
  ...API.map((own) => ({ route: own, path: API_PREFIX + own.path })),
  ...[healthRoute, metricsRoute].map((own) => ({ route: own, path: own.path })),
];

/** Every endpoint of the service. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...DOCUMENTED,
  ...documentationRoutes(DOCUMENTED).map((own) => ({ route: own, path: own.path })),
];
