import { resolve } from 'node:path';
import type { CliEnvironment } from '../environment.ts';

/** The option of commands that can also be about the database of a service, or of one of its tenants. */
export const databaseArg = {
  database: {
    type: 'string',
    valueHint: 'file',
    description: "The database of a service, or of a tenant of it; default this installation's",
  },
} as const;

/** The database a command is about. */
export function chosenDatabase(given: string | undefined, { cwd, paths }: CliEnvironment): string {
  return resolve(cwd, given ?? paths.database);
}
