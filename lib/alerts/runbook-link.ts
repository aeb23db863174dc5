import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrackerPaths } from '../base/paths.ts';

/** Where the runbook says more: in the copy that belongs to the installation, if there is one. */
export function runbookLink({ home }: Pick<TrackerPaths, 'home'>, section: string): string {
  const installed = join(dirname(home), 'docs', 'RUNBOOK.md');
  return `${existsSync(installed) ? installed : 'docs/RUNBOOK.md'}#${section}`;
}
