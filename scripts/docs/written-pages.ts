import { apiReference } from './api-reference.ts';
import { errorCodesTable } from './error-codes-table.ts';
import { filledPage } from './filled-page.ts';
import { runbookPage } from './runbook-page.ts';
import type { WrittenPage } from './written-page.ts';

/** Every page that `npm run docs` writes, or writes a part of; nothing is written here. */
export async function writtenPages(root: string): Promise<WrittenPage[]> {
  return [
    await apiReference(root),
    runbookPage(),
    filledPage(root, 'docs/TROUBLESHOOTING.md', { codes: errorCodesTable() }),
  ];
}
