import { dateText } from '../../../base/time-text.ts';
import type { Sources } from '../../server/sources.ts';
import type { Ask } from '../page.ts';

/** What became of lines, as `pattern-tracker survival --json` has it. */
export interface SurvivalNumbers {
  readonly written: number;
  readonly stands: number;
  readonly reworked_by_claude: number;
  readonly reworked_by_others: number;
  readonly gone: number;
  readonly unknown: number;
}

/** The same by the age of the lines, the youngest first. */
export interface SurvivalReport extends SurvivalNumbers {
  readonly groups: readonly (SurvivalNumbers & { readonly key: string | null })[];
}

/** Has the command line compare the files with what was written to them. @throws TrackerError E_COMMAND */
export async function readSurvival(
  { query, range: { since, until } }: Ask,
  sources: Sources,
): Promise<SurvivalReport> {
  const project = query.get('project');
  return await sources.answerOf<SurvivalReport>([
    'survival',
    '--by=age',
    ...(project ? [`--project=${project}`] : []),
    ...(since === undefined ? [] : [`--since=${dateText(since)}`]),
    ...(until === undefined ? [] : [`--until=${dateText(until - 1)}`]),
  ]);
}
