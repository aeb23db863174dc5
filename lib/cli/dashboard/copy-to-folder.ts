import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import type { TimeRange } from '../arguments/time-range.ts';
import { dashboardInstallation } from './installation.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import type { CliEnvironment } from '../environment.ts';

/** What is copied, and where to. */
export interface CopyChoice {
  readonly folder: string;
  readonly session: string | undefined;
  readonly project: string | undefined;
  readonly range: TimeRange;
  /** The folder with the dashboard's files. */
  readonly assets: string;
}

/** What was copied. */
export interface FolderCopy {
  /** The page to open. */
  readonly index: string;
  readonly files: number;
}

/**
 * Writes pages of the dashboard that open from disk, without secrets, into a new or an empty folder.
 *
 * @throws TrackerError E_EXPORT_FOLDER for a folder that holds something, E_NO_SESSION, E_NO_PROJECT
 */
export async function copyToFolder(choice: CopyChoice, cli: CliEnvironment): Promise<FolderCopy> {
  const folder = resolve(cli.cwd, choice.folder);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new TrackerError('E_EXPORT_FOLDER', `${folder} is not empty`, {
      hint: 'Name a new folder, or empty this one.',
    });
  }
  const [{ staticCopy }, { Sources }, { Assets }, { loadRedactor }] = await Promise.all([
    import('../../dashboard/export/static-copy.tsx'),
    import('../../dashboard/server/sources.ts'),
    import('../../dashboard/server/assets.ts'),
    import('../../blame/load-redactor.ts'),
  ]);
  const { style } = new Assets(choice.assets).manifest;
  const redactor = await loadRedactor(cli);
  const filter = readDatabase(cli.paths.database, (database) => ({
    session: chooseSession(database, choice.session, cli),
    projectIds: chooseProjects(database, choice.project, cli),
    ...choice.range,
  }));
  const sources = new Sources(await dashboardInstallation(cli));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(join(choice.assets, style), join(folder, 'style.css'));
  let files = 0;
  for (const { name, text } of staticCopy(sources, {
    filter: filter ?? {},
    redactor,
    now: cli.now(),
  })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    files += 1;
  }
  return { index: join(folder, 'index.html'), files };
}
