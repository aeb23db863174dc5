import { PAGES } from '../../../lib/dashboard/pages/page-list.ts';

/** The pages that show something without being told of what: `/file` is of the file in its query. */
export const PLAIN_PAGES = PAGES.filter(({ name, path }) => !path.includes(':') && name !== 'file');
