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
    name: 'files',
    path: '/files',
    title: 'Files',
    question: 'Who wrote this?',
    rail: { icon: 'files', key: 'f' },
    filters: { project: true },
    query: async () => (await import('./files/query.ts')).filesQuery,
    view: async () => (await import('./files/view.tsx')).filesView,
  }),
  page({
    name: 'file',
    path: '/file',
    title: 'File',
    question: 'Who wrote this?',
    within: 'files',
    query: async () => (await import('./file/query.ts')).fileQuery,
    view: async () => (await import('./file/view.tsx')).fileView,
  }),
  page({
    name: 'patterns',
    path: '/patterns',
    title: 'Patterns',
    question: 'Which code comes again?',
    rail: { icon: 'patterns', key: 'p' },
    filters: { range: true, project: true, usualRange: '30d' },
    query: async () => (await import('./patterns/query.ts')).patternsQuery,
    view: async () => (await import('./patterns/view.tsx')).patternsView,
  }),
  page({
    name: 'pattern',
    path: '/patterns/:pattern',
    title: 'Pattern',
    question: 'Where did this come from?',
    within: 'patterns',
    query: async () => (await import('./pattern/query.ts')).patternQuery,
    view: async () => (await import('./pattern/view.tsx')).patternView,
  }),
  page({
    name: 'search',
    path: '/search',
    title: 'Search',
    question: 'Where was that?',
    filters: { range: true, project: true, usualRange: 'all' },
    query: async () => (await import('./search/query.ts')).searchQuery,
    view: async () => (await import('./search/view.tsx')).searchView,
  }),
];

/** The page of a name. */
export function pageNamed(name: string): Page | undefined {
  return PAGES.find((one) => one.name === name);
}
