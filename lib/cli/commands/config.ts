import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { CONFIG_DEFAULTS, leaves, shownValue } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import {
  backUpConfig,
  listConfigBackups,
  newestGoodBackup,
  restoreConfig,
} from '../../config/config-backup.ts';
import { configDifferences } from '../../config/config-differences.ts';
import { loadConfig, loadWholeConfig } from '../../config/config-file.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import type { ConfigProblem } from '../../config/config-layer.ts';
import { configJsonSchema } from '../../config/config-schema.ts';
import { accessError } from '../../delivery/sink-access.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson, printJsonAsIs } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import { UsageError } from '../arguments/usage-error.ts';

const ACTIONS = ['show', 'check', 'diff', 'backup', 'restore', 'schema'] as const;

/** `config`: shows, checks, backs up and restores the configuration. */
export const configCommand = trackerCommand({
  name: 'config',
  summary: 'Show, check, back up and restore the configuration.',
  examples: [
    'pattern-tracker config',
    'pattern-tracker config check',
    'pattern-tracker config diff --backup NAME',
  ],
  actions: {
    show: 'every key with its value in force',
    check: 'what is wrong with the files and the environment, with file, line and key',
    diff: 'what differs from the defaults, or with --backup from a backup',
    backup: 'copy the files into a new backup, named by its time',
    restore: 'put the files of a backup back: of NAME, or of the newest valid one',
    schema: 'print the JSON Schema of config.yaml, for editors',
  },
  json: `for show {KEY: {value, origin}}, for check {ok, problems, warnings}, for diff an array of {key, value,
other}, for backup and restore {name, files}; name is null when there was no file to back up.`,
  exitCodes: '1 when check finds something wrong, or diff finds a difference.',
  args: {
    ...actionArg(ACTIONS),
    name: { type: 'positional', required: false, description: 'For restore: a backup' },
    origin: { type: 'boolean', description: 'For show: where each value comes from' },
    backup: {
      type: 'string',
      valueHint: 'name',
      description: 'For diff: compare with this backup',
    },
    ...common.jsonArg,
  },
  run(args, cli) {
    const json = args.json === true;
    switch (actionOf(args.action, ACTIONS, 'config')) {
      case 'show':
        return show(cli, args.origin === true, json);
      case 'check':
        return check(cli, json);
      case 'diff':
        return diff(cli, args.backup, json);
      case 'backup':
        return backUp(cli, json);
      case 'restore':
        return restore(cli, args.name, json);
      case 'schema':
        cli.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
        return 0;
    }
  },
});

// --- internal ---

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

async function show(cli: CliEnvironment, withOrigin: boolean, json: boolean): Promise<number> {
  const { config, origins, problems } = await loadWholeConfig(cli.paths, { env: cli.env });
  const entries = leaves(config).map(([key, value]): Entry => {
    return { key, value: shownValue(key, value), origin: origins.get(key) ?? 'default' };
  });
  if (problems.length > 0) {
    cli.err(`${counted(problems.length, 'problem')}: see \`pattern-tracker config check\`.\n`);
  }
  if (json) {
    const byKey = entries.map(({ key, value, origin }) => [key, { value, origin }]);
    printJsonAsIs(cli, Object.fromEntries(byKey));
    return 0;
  }
  const columns = [
    { title: 'KEY', cell: ({ key }: Entry) => key, isWhole: true },
    {
      title: 'VALUE',
      cell: ({ value }: Entry) => valueText(value),
      paint: ({ origin }: Entry) => (origin === 'default' ? 'dim' : 'bold') as 'dim' | 'bold',
    },
    { title: 'ORIGIN', cell: ({ origin }: Entry) => origin },
  ];
  cli.out(renderTable(cli, withOrigin ? columns : columns.slice(0, 2), entries));
  return 0;
}

async function check(cli: CliEnvironment, json: boolean): Promise<number> {
  const loaded = await loadWholeConfig(cli.paths, { env: cli.env });
  const { warnings } = loaded;
  const problems = [...loaded.problems, ...accessProblems(loaded)];
  const isOk = problems.length === 0;
  if (json) {
    printJson(cli, { ok: isOk, problems, warnings });
    return isOk ? 0 : 1;
  }
  const paint = painter(cli.color);
  const print = (mark: string, { where, key, message, hint }: ConfigProblem) => {
    cli.out(`${mark} ${plainLine(`${where}: ${key ? `${key} ` : ''}${message}`)}\n`);
    if (hint !== null) cli.out(`  ${plainLine(hint)}\n`);
  };
  for (const problem of problems) print(paint('red', '✗'), problem);
  for (const warning of warnings) print(paint('yellow', '!'), warning);
  if (isOk) cli.out(`${filesFound(cli)}: all is well.\n`);
  return isOk ? 0 : 1;
}

/** What would make every request to a sink fail, such as a token file that others can read. */
function accessProblems({ config, origins }: LoadedConfig): ConfigProblem[] {
  const problems = SINKS.flatMap((sink): ConfigProblem[] => {
    const error = accessError(config, sink);
    if (!error) return [];
    const [section] = sink.key.split('.');
    const key = { E_CA_FILE: 'api.ca_file', E_PROXY_URL: 'api.proxy' }[error.code];
    const named = error.code.startsWith('E_TOKEN_FILE') ? `${section}.token_file` : sink.key;
    const where = origins.get(key ?? named) ?? '';
    const { message, hint = null } = error;
    return [{ where, key: key ?? named, message: `cannot be used: ${message}`, hint }];
  });
  // Both sinks use the same proxy and the same certificates.
  return problems.filter(
    ({ key }, index) => problems.findIndex((one) => one.key === key) === index,
  );
}

function diff(cli: CliEnvironment, backup: string | undefined, json: boolean): number {
  const ours = loadConfig(cli.paths, { env: cli.env }).config;
  const rows = configDifferences(ours, other(cli, backup));
  if (json) {
    printJson(cli, rows);
  } else if (rows.length === 0) {
    cli.out(`Nothing differs from ${backup ?? 'the defaults'}.\n`);
  } else {
    cli.out(
      renderTable<(typeof rows)[number]>(
        cli,
        [
          { title: 'KEY', cell: ({ key }) => key, isWhole: true },
          { title: 'VALUE', cell: ({ value }) => valueText(value), paint: () => 'bold' },
          { title: backup ? 'BACKUP' : 'DEFAULT', cell: ({ other: value }) => valueText(value) },
        ],
        rows,
      ),
    );
  }
  return rows.length === 0 ? 0 : 1;
}

function other(cli: CliEnvironment, backup: string | undefined): Config {
  if (backup === undefined) return CONFIG_DEFAULTS;
  return loadConfig(chosenBackup(cli, backup).files).config;
}

async function backUp(cli: CliEnvironment, json: boolean): Promise<number> {
  const made = backUpConfig(cli.paths, cli.now());
  const { error } = await loadWholeConfig(cli.paths, { env: cli.env });
  if (made && error !== null) {
    cli.err(
      `The configuration is broken: ${plainLine(error)}\n  \`config restore\` without a name takes the newest backup that is not.\n`,
    );
  }
  if (json) printJson(cli, made ?? { name: null, files: [] });
  else if (!made) {
    const where = plainLine(cli.paths.configFile);
    cli.out(`Nothing to back up: there is no file at ${where}, so the defaults are in force.\n`);
  } else cli.out(`Backed up ${counted(made.files.length, 'file')} as ${made.name}.\n`);
  return 0;
}

async function restore(
  cli: CliEnvironment,
  name: string | undefined,
  json: boolean,
): Promise<number> {
  const backup = chosenBackup(cli, name);
  const loaded: LoadedConfig = await loadWholeConfig(backup.files);
  if (loaded.error !== null) {
    throw new UsageError(`the backup is broken: ${loaded.error}`, 'Nothing was changed.');
  }
  const replaced = backUpConfig(cli.paths, cli.now());
  const files = restoreConfig(cli.paths, backup.name);
  if (json) printJson(cli, { name: backup.name, files });
  else {
    const kept = replaced ? ` The previous files are kept as ${replaced.name}.` : '';
    cli.out(
      `Restored ${files.map((file) => basename(file)).join(', ')} from ${backup.name}.${kept}\n`,
    );
  }
  return 0;
}

function chosenBackup(cli: CliEnvironment, name: string | undefined) {
  const backups = listConfigBackups(cli.paths);
  const chosen =
    name === undefined
      ? (newestGoodBackup(cli.paths) ?? backups.at(-1))
      : backups.find((backup) => backup.name === name);
  if (chosen) return chosen;
  throw new UsageError(
    name === undefined ? 'there is no backup' : `there is no backup "${name}"`,
    backups.length === 0
      ? 'Make one with `pattern-tracker config backup`.'
      : `Backups: ${backups.map((backup) => backup.name).join(', ')}.`,
  );
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function filesFound({ paths }: CliEnvironment): string {
  const files = [paths.configFile, paths.resilienceFile, paths.loggingFile].filter((file) =>
    existsSync(file),
  );
  return files.length === 0 ? `No file at ${paths.configFile}` : files.join(', ');
}
