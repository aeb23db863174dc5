import { counted } from '../../base/amount-text.ts';
import { isoTime } from '../../base/clock.ts';
import { localTime } from '../../base/time-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { projectRoots } from '../../store/queries/projects.ts';
import { redactionCounts, redactionsCountedSince } from '../../store/queries/totals.ts';
import type { RedactionCount } from '../../store/queries/totals.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import type { CliEnvironment } from '../environment.ts';
import { renderTable } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';

/** `redact audit`: prints what was taken out, by rule and project. @throws UsageError, TrackerError E_NO_PROJECT */
export async function auditRedaction(
  cli: CliEnvironment,
  project: string | undefined,
  sinceText: string | undefined,
  json: boolean,
): Promise<void> {
  const { since } = await timeRangeOf({ since: sinceText }, cli.now());
  const read = readDatabase(cli.paths.database, (database) => {
    const ids = chooseProjects(database, project, cli);
    const projects = ids && projectRoots(database, ids);
    return {
      countedSince: redactionsCountedSince(database),
      all: redactionCounts(database, { projects, since }),
    };
  });
  const { countedSince, all } = read ?? { countedSince: null, all: [] };
  const rules = all.filter(({ leftOut }) => leftOut === 0);
  const leftOut = all
    .filter((row) => row.leftOut > 0)
    .reduce(
      ({ texts, characters }, row) => ({
        texts: texts + row.count,
        characters: characters + row.leftOut,
      }),
      { texts: 0, characters: 0 },
    );
  if (json) {
    printJson(cli, {
      countedSince: isoTime(countedSince),
      rules: rules.map(({ rule, project: root, count, first, last }) => ({
        rule,
        project: root || null,
        count,
        first,
        last,
      })),
      leftOut,
    });
    return;
  }
  if (rules.length === 0) cli.out('Nothing was taken out.\n');
  else {
    cli.out(
      renderTable<RedactionCount>(
        cli,
        [
          { title: 'RULE', cell: ({ rule }) => rule, isWhole: true },
          { title: 'COUNT', align: 'right', cell: ({ count }) => count.toLocaleString('en-US') },
          { title: 'FIRST', cell: ({ first }) => first, rank: 2 },
          { title: 'LAST', cell: ({ last }) => last, rank: 1 },
          { title: 'PROJECT', cell: ({ project: root }) => root || '-', cut: 'start', least: 16 },
        ],
        rules,
      ),
    );
  }
  if (leftOut.texts > 0) {
    cli.out(
      `${counted(leftOut.texts, 'text')} cut by ${counted(leftOut.characters, 'character')} together, which took too long to check.\n`,
    );
  }
  if (countedSince !== null) cli.out(`Counted since ${localTime(countedSince)}.\n`);
}
