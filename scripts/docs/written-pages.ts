import { apiReference } from './api-reference.ts';
import { runbookPage } from './runbook-page.ts';
import type { WrittenPage } from './written-page.ts';

/** Every page that `npm run docs` writes; nothing is written here. */
export function writtenPages(root: string): WrittenPage[] {
  return [apiReference(root), runbookPage()];
}
