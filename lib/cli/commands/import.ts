import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { byteText, counted } from '../../base/amount-text.ts';
import { TrackerError } from '../../base/errors.ts';
import type { ImportResult } from '../../ingest/transcripts/import-run.ts';
import { findSessions } from '../../transcript/claude-code/transcript-files.ts';
import { ANY_NUMBER } from '../arguments/arguments.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { printJson } from '../output/json-output.ts';
import {
  checkTranscriptsOn,
  readTranscripts,
  transcriptFolder,
  unreadable,
} from '../transcripts/transcript-work.ts';

/** `import`: records what Claude did before it was recorded. */
export const importCommand = trackerCommand({
  name: 'import',
  summary: "Record what Claude did before, from Claude Code's transcripts.",
  examples: [
    'pattern-tracker import --dry-run',
    'pattern-tracker import',
    'pattern-tracker import ~/.claude/projects/-home-me-project',
  ],
  details: `Reads the transcripts below PATH, which may be files or folders; by default those of every project of Claude
Code. What they tell of tool calls, prompts and subagents becomes what hooks would have recorded, by the same rules of
what is kept and with the same redaction; besides, models, tokens, who let a call run, and which subagent started which.
Of the conversation nothing is kept but prompts.

What is recorded already stays as it is, so that import may be run again, interrupted, or killed: it goes on where it was.
If a server or a collector is configured, it is sent there, too. transcripts: off in config.yaml forbids to read
transcripts.`,
  json: `{files, events: that the transcripts tell, recorded: those that were not yet, duplicates: those that were, or
are not to be kept, sessions, bytes, calls, missing, is_dry, is_aborted, unreadable: files that could not be read, or
not all of them}; with --dry-run, recorded is what would be.`,
  exitCodes: '1 if it was interrupted, or something could not be read.',
  args: {
    path: {
      type: 'positional',
      required: false,
      valueHint: ANY_NUMBER,
      description: 'Transcripts, or folders with them; several may be given',
    },
    'dry-run': { type: 'boolean', description: 'Only say what would be recorded' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    checkTranscriptsOn(cli);
    const named = args._.map((path) => resolve(cli.cwd, path));
    const missing = named.find((path) => !existsSync(path));
    if (missing !== undefined) {
      throw new TrackerError('E_NO_FILE', `there is nothing at ${missing}`, {
        hint: 'Name transcripts, or folders with them.',
      });
    }
    const paths = named.map((path) => realpathSync(path)); // a person may name a link
    const unread = unreadable(cli);
    const sessions = findSessions(paths.length > 0 ? paths : [transcriptFolder(cli)], unread.add);
    const isDry = args['dry-run'] === true;
    const result = await readTranscripts(cli, sessions, {
      isDry,
      skipsUnchanged: true,
      isForPeople: !args.json,
      onUnreadable: unread.add,
    });
    if (args.json) printJson(cli, { ...forJson(result, isDry), unreadable: unread.count });
    else cli.out(resultText(result, isDry));
    return result.isAborted || unread.count > 0 ? 1 : 0;
  },
});

// --- internal ---

function forJson(result: ImportResult, isDry: boolean) {
  const { files, events, recorded, sessions, bytes, isAborted } = result;
  const duplicates = events - recorded;
  return {
    files,
    events,
    recorded,
    duplicates,
    sessions,
    bytes,
    ...callsOf(result),
    isDry,
    isAborted,
  };
}

/** Calls, and those of them that are not recorded: they were forgotten, or are not to be kept. */
function callsOf({ proofs }: ImportResult): { calls: number; missing: number } {
  const calls = proofs.reduce((sum, proof) => sum + proof.calls, 0);
  return { calls, missing: calls - proofs.reduce((sum, { tracked }) => sum + tracked, 0) };
}

function resultText(result: ImportResult, isDry: boolean): string {
  const { files, events, recorded, sessions, bytes, isAborted } = result;
  if (files === 0 && !isAborted) return 'There are no transcripts.\n';
  const read = `${counted(files, 'file')} (${byteText(bytes)}) of ${counted(sessions, 'session')}`;
  const { calls, missing } = callsOf(result);
  const known = events - recorded;
  const lines = [
    `${isDry ? 'Would record' : 'Recorded'} ${counted(recorded, 'event')} from ${read}.`,
    ...(known > 0
      ? [
          `${counted(known, 'event')} ${known === 1 ? 'was' : 'were'} recorded before, or not to be kept.`,
        ]
      : []),
    ...(isDry
      ? []
      : [
          `${(calls - missing).toLocaleString('en-US')} of ${counted(calls, 'tool call')}: recorded.`,
        ]),
    ...(isAborted ? ['It was interrupted: run it again, and it goes on from there.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
