import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import { removeDatabase } from '../../store/maintenance/database-file.ts';
import { putInPlace, stageBackup } from '../../store/maintenance/restore.ts';
import { noDatabase } from '../../store/maintenance/verify.ts';
import { checkAgreement, isAgreed } from '../arguments/agreement.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withoutCourier } from '../courier-pause.ts';
import { namedFile } from '../arguments/named-file.ts';
import { printJson } from '../output/json-output.ts';
import { chosenDatabase, databaseArg } from '../arguments/database-choice.ts';
import { plainLine } from '../output/plain-text.ts';
import { countsObject, countsText, databaseLine } from '../output/table-counts.ts';

/** `restore`: replaces the database with a backup. */
export const restoreCommand = trackerCommand({
  name: 'restore',
  summary: 'Replace the database with a backup.',
  examples: [
    'pattern-tracker restore /backups/tracker-20261124-120000.db',
    'pattern-tracker restore /mnt/backup/tracker.db --yes',
  ],
  details: `The backup is checked first, and only read. The previous database is kept beside it as
tracker.db.before-restore-TIME. The courier is stopped and none starts meanwhile; hooks go on, and what
they capture waits in the spool for the next courier.`,
  json: '{restored, schema_version, rows, kept_as}: rows by table; kept_as is null when there was no database.',
  args: {
    file: { type: 'positional', required: true, description: 'A backup' },
    yes: { type: 'boolean', description: 'Do not ask' },
    ...databaseArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const file = namedFile(args.file, cli);
    checkBackup(file);
    checkAgreement(cli, args);
    const database = chosenDatabase(args.database, cli);
    const staged = stageBackup(file, database);
    try {
      const { schemaVersion, tables } = staged.verification;
      const source = { ...staged.verification, path: file };
      if (!args.json) cli.out(`${plainLine(databaseLine(source))}\n${countsText(cli, tables)}`);
      if (!args.yes && !(await isAgreed(`Replace ${database} with it?`))) {
        cli.out('Nothing was changed.\n');
        return 1;
      }
      const aside = await withoutCourier(cli, () => putInPlace(database, staged.path, cli.now()));
      if (args.json) {
        const rows = countsObject(tables);
        printJson(cli, { restored: file, schemaVersion, rows, keptAs: aside ?? null });
      } else {
        const kept = aside ? ` The previous database is kept as ${aside}.` : '';
        cli.out(plainLine(`Restored.${kept}`) + '\n');
      }
      return 0;
    } finally {
      removeDatabase(staged.path);
    }
  },
});

// --- internal ---

/** @throws TrackerError E_NO_DATABASE when there is no such file, before anything is asked */
function checkBackup(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw noDatabase(file);
  if (!stats.isDirectory()) return;
  const newest = readdirSync(file)
    .filter((name) => name.endsWith('.db'))
    .sort()
    .at(-1);
  throw new TrackerError('E_NO_DATABASE', `${file} is a folder`, {
    hint: newest ? `Name a backup in it, such as ${join(file, newest)}.` : 'It holds no backup.',
  });
}
