/** Why an error comes, and what to type or change. */
export type Told = readonly [cause: string, remedy: string];

/** The codes of errors of a database, its copies, and the disk it lies on. */
export const DATABASE_ERROR_CODES: Readonly<Record<string, Told>> = {
  E_ANSWER_TIMEOUT: [
    'PostgreSQL did not answer a statement in time',
    'look at its load and locks; the service tries again by itself',
  ],
  E_BACKUP_UNSOUND: [
    'the database, or the backup, is damaged',
    '`pattern-tracker verify`, then `pattern-tracker repair`',
  ],
  E_DATABASE: ['the database cannot be read', '`pattern-tracker doctor`'],
  E_DATABASE_BUSY: ['another program has the database locked', 'try again when it has finished'],
  E_DATABASE_CORRUPT: [
    'the database is damaged',
    '`pattern-tracker recover corruption`; of a service: `pattern-tracker repair FILE`',
  ],
  E_DATABASE_CUT: [
    'somebody cut the database, or removed a part of it, while it was in use',
    'put the file back, or wait a minute and run `pattern-tracker recover`',
  ],
  E_DATABASE_ENCODING: [
    'the PostgreSQL database is not in UTF-8',
    "`CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`",
  ],
  E_DATABASE_FULL: [
    'the disk, or a quota, is full',
    'make room; `pattern-tracker check` says how much there is',
  ],
  E_DATABASE_IN_USE: [
    'another program has the database open',
    'end `pattern-tracker serve`, or the program with the library, and try again',
  ],
  E_DATABASE_IO: ['the disk fails, or is full', '`pattern-tracker doctor`, and look at the disk'],
  E_DATABASE_NEWER: [
    'a newer version has written the database',
    '`npx claude-pattern-tracker@latest install`',
  ],
  E_DATABASE_OLDER: ['no courier has run since the update', '`pattern-tracker capture-test`'],
  E_DATABASE_OPTION: [
    'the URL of the database has an option that cannot be used',
    'correct it as the message says',
  ],
  E_DATABASE_READONLY: [
    'the database or its folder cannot be written',
    'make both writable for you; `pattern-tracker doctor`',
  ],
  E_DATABASE_REFUSED: [
    'PostgreSQL refuses the user, the database or the certificate',
    'check them, and that the user may create tables',
  ],
  E_DATABASE_UNAVAILABLE: [
    'PostgreSQL cannot be reached',
    'check that it runs, its host and its port',
  ],
  E_DATABASE_UNUSABLE: [
    'SQLite cannot use the file for another reason',
    '`pattern-tracker doctor`',
  ],
  E_DATABASE_URL: [
    'the URL of the database is not valid',
    'write `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full`',
  ],
  E_DISK_FULL: ['there is no room for the file', 'make room, or name a file on another disk'],
  E_NOT_A_BACKUP: [
    'the file is a database of something else',
    'name a backup: they are in `data/backups/`',
  ],
  E_NO_DATABASE: [
    'there is no database at that path',
    'name one; `pattern-tracker status` says where yours is',
  ],
  E_REPAIR_FAILED: ['what was salvaged is not sound', '`pattern-tracker restore`, with a backup'],
  E_REPAIR_LOSES: [
    'too much of the database is damaged',
    '`pattern-tracker recover` goes back to a backup; `repair --accept-loss` keeps what is left',
  ],
  E_RESOURCE: [
    'Claude asked the MCP server for something that is not there',
    'none: Claude is told',
  ],
  E_STORE_CLOSE: [
    'the database of a service did not close',
    'none: all that was answered is committed',
  ],
  E_STORE_UNAVAILABLE: [
    'the database of a service is away, full or locked',
    'check that it runs and has room; clients keep their events',
  ],
};
