import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openDatabase } from '../../store/database/database.ts';
import { noteBackup } from '../../store/database/meta.ts';
import { backupName, backUpDatabase, pruneBackups } from '../../store/maintenance/backup.ts';
import type { Backup } from '../../store/maintenance/backup.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { chosenDatabase, databaseArg } from '../arguments/database-choice.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { parseCount } from '../arguments/list-arguments.ts';
import { checkSteps, pageProgress } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { countsObject, countsText, databaseLine } from '../output/table-counts.ts';
import { UsageError } from '../arguments/usage-error.ts';

/** `backup`: copies a database while others use it. */
export const backupCommand = trackerCommand({
  name: 'backup',
  summary: 'Copy the database to a file, while it stays in use.',
  examples: [
    'pattern-tracker backup',
    'pattern-tracker backup /mnt/backup/ --keep 14',
    'pattern-tracker backup --database /srv/tracker/tenants/team-a.db /mnt/backup/',
  ],
  details: `The copy shows the database at one moment. It is checked, and gets its name only when it is complete and
on the disk. FILE may be a folder; without FILE the copy goes to data/backups/, named by its time. Nothing
is ever overwritten. What still waits in the spool is not in the copy, but will be in the next one.`,
  json: '{path, bytes, schema_version, rows, pruned}: rows by table, and the files that --keep removed.',
  args: {
    file: { type: 'positional', required: false, description: 'A new file, or a folder' },
    keep: {
      type: 'string',
      valueHint: 'n',
      description: 'Keep the newest n backups in the folder; remove older ones',
    },
    ...databaseArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const keep = args.keep === undefined ? undefined : parseCount('--keep', args.keep);
    if (keep === 0) throw new UsageError('--keep is 0', 'Expected 1 or more.');
    const database = chosenDatabase(args.database, cli);
    const { to, isNamed } = target(args.file, database, cli);
    if (isNamed && keep !== undefined) {
      throw new UsageError(
        '--keep finds older backups by the names this command gives them',
        'Give a folder, not a file.',
      );
    }
    const progress = pageProgress(args.json ? undefined : cli);
    const steps = checkSteps(args.json ? undefined : cli);
    let backup: Backup;
    try {
      backup = await backUpDatabase({
        database,
        to,
        onProgress: progress.update,
        onStep: (step) => {
          progress.end();
          steps.show(`${step} of the copy`);
        },
        signal: cli.interruption(),
      });
    } finally {
      progress.end();
      steps.end();
    }
    noteElsewhere(backup, database, cli);
    const pruned = keep === undefined ? [] : pruneBackups(dirname(to), database, keep);
    if (args.json) {
      const { path, bytes, schemaVersion, tables } = backup;
      printJson(cli, { path, bytes, schemaVersion, rows: countsObject(tables), pruned });
      return;
    }
    cli.out(`Backed up to ${plainLine(databaseLine(backup))}.\n${countsText(cli, backup.tables)}`);
    if (pruned.length > 0) cli.out(`Removed ${counted(pruned.length, 'older backup')}.\n`);
  },
});

// --- internal ---

/** Lets `check` know of a backup that is not where it looks. */
function noteElsewhere({ path }: Backup, database: string, cli: CliEnvironment): void {
  if (database !== cli.paths.database || dirname(path) === defaultFolder(database)) return;
  try {
    const opened = openDatabase(database);
    try {
      noteBackup(opened, { path, at: cli.now() });
    } finally {
      opened.close();
    }
  } catch {
    // The disk may be full, or not to be written to: the backup is made all the same.
  }
}

function defaultFolder(database: string): string {
  return join(dirname(database), 'backups');
}

/** Where the copy goes, and whether the user named the file. */
function target(
  file: string | undefined,
  database: string,
  cli: CliEnvironment,
): { to: string; isNamed: boolean } {
  const given = file === undefined ? undefined : resolve(cli.cwd, file);
  const isFolder = given !== undefined && statSync(given, { throwIfNoEntry: false })?.isDirectory();
  const isInFolder = given !== undefined && existsSync(dirname(given));
  if (given !== undefined && !isFolder && (file?.endsWith('/') || !isInFolder)) {
    const missing = isInFolder ? given : dirname(given);
    throw new UsageError(
      `there is no folder ${missing}`,
      'Create it, or mount the disk that has it.',
    );
  }
  if (given !== undefined && !isFolder) return { to: given, isNamed: true };
  const folder = given ?? defaultFolder(database);
  return { to: join(folder, backupName(folder, database, cli.now())), isNamed: false };
}
