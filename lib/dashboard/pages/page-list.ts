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
];

/** The page of a name. */
export function pageNamed(name: string): Page | undefined {
  return PAGES.find((one) => one.name === name);
}
