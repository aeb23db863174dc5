import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { TrackerError, errorMessage } from '../../base/errors.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { statisticsOf } from '../../store/queries/statistics/statistics.ts';
import type { StatisticsFilter } from '../../store/queries/statistics/totals-source.ts';
import { sessionOf } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { openExportFile } from '../export/export-file.ts';
import { EXPORT_FORMATS, exported } from '../export/export-run.ts';
import type { ExportChunk, ExportFormat } from '../export/export-run.ts';
import { printJson } from '../output/json-output.ts';
import { pageProgress } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';

/** `export`: writes what was recorded for other programs. */
export const exportCommand = trackerCommand({
  name: 'export',
  summary: 'Write what was recorded as CSV, JSON lines or another format.',
  examples: [
    'pattern-tracker export --since 30d --output calls.csv',
    'pattern-tracker export --format jsonl --project . | jq .outcome',
    'pattern-tracker export --format cloudevents --session 3f2a9c10',
    'pattern-tracker export --format agent-trace --output trace.jsonl',
  ],
  details: `csv, jsonl and cloudevents (CloudEvents 1.0, one a line) have a record for each tool call, agent-trace (0.1, one a line) one for
each event that wrote code, with its files and lines. The oldest come first, with secrets redacted as they are stored. In CSV, a text that a
spreadsheet would take for a formula begins with an apostrophe. FILE gets its name when it is complete; a former one is
replaced. A pipe or a device is written to.`,
  json: '{path, format, records} with --output; without it, --json means --format jsonl.',
  args: {
    format: {
      type: 'enum',
      options: [...EXPORT_FORMATS],
      default: 'csv',
      description: 'What it is written as',
    },
    ...common.timeArgs,
    ...common.sessionArg,
    ...common.projectArg,
    output: { type: 'string', valueHint: 'file', description: 'Write to this file' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const isPiped = args.output === undefined;
    const format = args.json && isPiped ? 'jsonl' : (args.format as ExportFormat);
    const range = await timeRangeOf(args, cli.now());
    const session = sessionOf(args);
    const path = cli.paths.database;
    const filter: StatisticsFilter | undefined = readDatabase(path, (database) => ({
      projectIds: chooseProjects(database, args.project, cli),
      session: chooseSession(database, session, cli),
      ...range,
    }));
    const chunks = exported(format, filter ?? range, (read) => readDatabase(path, read));
    if (isPiped) {
      for (const { text } of chunks) {
        cli.out(text);
        await cli.written(); // as fast as the reader reads
      }
      return 0;
    }
    const file = resolve(cli.cwd, args.output ?? '');
    const total = args.json ? 0 : recordsOf(path, format, filter);
    const records = await writeTo(cli, file, chunks, total);
    if (records === undefined) return INTERRUPTED;
    if (args.json) printJson(cli, { path: file, format, records });
    else cli.out(`Wrote ${counted(records, 'record')} to ${plainLine(file)}.\n`);
    return 0;
  },
});

// --- internal ---

/** The exit code of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/** About how many records there are; 0 where no progress is shown. */
function recordsOf(
  path: string,
  format: ExportFormat,
  filter: StatisticsFilter | undefined,
): number {
  if (filter === undefined) return 0;
  const numbers = readDatabase(path, (database) => statisticsOf(database, filter));
  return (format === 'agent-trace' ? numbers?.edits : numbers?.calls) ?? 0;
}

/**
 * Writes to a file that gets its name at the end; undefined when it was interrupted.
 *
 * @throws TrackerError E_OUTPUT
 */
async function writeTo(
  cli: CliEnvironment,
  file: string,
  chunks: Iterable<ExportChunk>,
  total: number,
): Promise<number | undefined> {
  const signal = cli.interruption();
  const progress = pageProgress(total > 0 ? cli : undefined);
  let records = 0;
  try {
    const to = openExportFile(file);
    let isComplete = false;
    try {
      for (const chunk of chunks) {
        writeFileSync(to.descriptor, chunk.text);
        records += chunk.records;
        progress.update(Math.min(records, total), total);
        await new Promise((done) => setImmediate(done)); // a signal arrives in between
        if (signal.aborted) break;
      }
      isComplete = !signal.aborted;
    } finally {
      if (isComplete) to.complete();
      else to.discard();
    }
  } catch (error) {
    if (error instanceof TrackerError) throw error;
    throw new TrackerError('E_OUTPUT', `cannot write ${file}: ${errorMessage(error)}`, {
      hint: 'Give a file in a folder that you may write to, on a disk with room.',
    });
  } finally {
    progress.end();
  }
  return signal.aborted ? undefined : records;
}
