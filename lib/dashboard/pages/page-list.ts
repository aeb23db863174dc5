import { page } from './page.ts';
import type { Page } from './page.ts';

/**
 * Every page. Routes, rail, keys and tests are made from this table: a page is a folder with `query.ts`, `view.tsx` and
 * `style.css`, and a row.
 */
export const PAGES: readonly Page[] = [
  page({
    name: 'now',
    path: '/',
    title: 'Now',
    question: 'Who needs me?',
    rail: { icon: 'now', key: 'n' },
    filters: { project: true },
    query: async () => (await import('./now/query.ts')).nowQuery,
    view: async () => (await import('./now/view.tsx')).nowView,
  }),
  page({
    name: 'sessions',
    path: '/sessions',
    title: 'Sessions',
    question: 'What was done?',
    rail: { icon: 'sessions', key: 's' },
    filters: { range: true, project: true },
    query: async () => (await import('./sessions/query.ts')).sessionsQuery,
    view: async () => (await import('./sessions/view.tsx')).sessionsView,
  }),
  page({
    name: 'session',
    path: '/sessions/:session',
    title: 'Session',
    question: 'What happened?',
    within: 'sessions',
    query: async () => (await import('./session/query.ts')).sessionQuery,
    view: async () => (await import('./session/view.tsx')).sessionView,
  }),
  page({
    name: 'calls',
    path: '/calls',
    title: 'Calls',
    question: 'Which calls were made?',
    within: 'insight',
    filters: { range: true, project: true },
    query: async () => (await import('./calls/query.ts')).callsQuery,
    view: async () => (await import('./calls/view.tsx')).callsView,
  }),
  page({
    name: 'insight',
    path: '/insight',
    title: 'Insight',
    question: 'What works, what doesn’t?',
    rail: { icon: 'insight', key: 'i' },
    filters: { range: true, project: true },
    query: async () => (await import('./insight/query.ts')).insightQuery,
    view: async () => (await import('./insight/view.tsx')).insightView,
  }),
  page({
    name: 'health',
    path: '/health',
    title: 'Health',
    question: 'Can I trust it?',
    rail: { icon: 'health', key: 'h' },
    query: async () => (await import('./health/query.ts')).healthQuery,
    view: async () => (await import('./health/view.tsx')).healthView,
  }),
  page({
    name: 'system-health',
    path: '/health/system',
    title: 'System health',
    question: 'Is every part well?',
    within: 'health',
    query: async () => (await import('./system-health/query.ts')).systemHealthQuery,
    view: async () => (await import('./system-health/view.tsx')).systemHealthView,
  }),
  page({
    name: 'performance',
    path: '/health/performance',
    title: 'Performance',
    question: 'How fast is it?',
    within: 'health',
    filters: { range: true },
    query: async () => (await import('./performance/query.ts')).performanceQuery,
    view: async () => (await import('./performance/view.tsx')).performanceView,
  }),
  page({
    name: 'error-rates',
    path: '/health/errors',
    title: 'Error rates',
    question: 'What fails?',
    within: 'health',
    filters: { range: true },
    query: async () => (await import('./error-rates/query.ts')).errorRatesQuery,
    view: async () => (await import('./error-rates/view.tsx')).errorRatesView,
  }),
  page({
    name: 'privacy',
    path: '/privacy',
    title: 'Privacy',
    question: 'What is held, and where did it go?',
    rail: { icon: 'privacy', key: 'p' },
    query: async () => (await import('./privacy/query.ts')).privacyQuery,
    view: async () => (await import('./privacy/view.tsx')).privacyView,
  }),
];

/** The page of a name. */
export function pageNamed(name: string): Page | undefined {
  return PAGES.find((one) => one.name === name);
}
