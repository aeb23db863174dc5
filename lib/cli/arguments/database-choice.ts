import { resolve } from 'node:path';
import type { CliEnvironment } from '../environment.ts';
import { namedFile } from './named-file.ts';

/** The option of commands that can also work on the database of a service or of one of its tenants. */
export const databaseArg = {
  database: {
    type: 'string',
    valueHint: 'file',
    description: "The database of a service or of one of its tenants; default this installation's",
  },
} as const;

/** The absolute path of the database that a command works on; by default this installation's. */
export function chosenDatabase(given: string | undefined, cli: CliEnvironment): string {
  return given === undefined ? resolve(cli.cwd, cli.paths.database) : namedFile(given, cli);
}
