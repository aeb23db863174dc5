import { counted } from '../../base/amount-text.ts';
import { processElapsed } from '../../base/deadline.ts';
import { isoTime } from '../../base/clock.ts';
import { TrackerError } from '../../base/errors.ts';
import { transcriptFolders } from '../../claude-code/transcript-list.ts';
import { ProjectFinder } from '../../ingest/project.ts';
import { openDatabaseForReading } from '../../store/database/database.ts';
import { allProjects } from '../../store/queries/projects.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import { findSessions } from '../../transcript/claude-code/transcript-files.ts';
import type { TranscriptSession } from '../../transcript/claude-code/transcript-files.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { renderTable } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import {
  checkTranscriptsOn,
  readTranscripts,
  transcriptFolder,
  unreadable,
} from '../transcripts/transcript-work.ts';
import { REASON_TEXTS } from '../../store/queries/transcripts/proof-reasons.ts';
import { proofSums, proofText } from '../transcripts/proof-text.ts';

/** `reconcile`: proves that nothing is missing, and adds what is. */
export const reconcileCommand = trackerCommand({
  name: 'reconcile',
  summary: "Compare with Claude Code's transcripts, and add what is missing.",
  examples: [
    'pattern-tracker reconcile --since yesterday',
    'pattern-tracker reconcile --session 3f2a',
    'pattern-tracker reconcile --project . --dry-run',
  ],
  details: `For each session: the tool calls that its transcript tells; those of them that are recorded, are missing, or
were recovered from the transcript; those that are recorded and not in it; and those that ended otherwise, by what hooks
were told. Where the two differ, hooks are right: after an interruption a transcript says that a call was refused which
had run, and it has the input that Claude asked for, not that which another hook put in its place.

Only sessions whose transcripts Claude Code still has can be compared. The courier does this by itself when a session
ends.`,
  json: `[{session_id, transcript, tracked, missing, extra, recovered, disagreeing, rewritten, reasons: {never_began,
no_event, recording_off, left_out}, is_whole: false if the session is still at work, or something could not be read, at}].`,
  exitCodes: '1 if calls are missing, it was interrupted, or something could not be read.',
  args: {
    ...common.sessionArg,
    ...common.projectArg,
    since: common.timeArgs.since,
    'dry-run': { type: 'boolean', description: 'Only compare; add nothing' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    checkTranscriptsOn(cli);
    const unread = unreadable(cli);
    const sessions = await chosenSessions(args, cli, unread.add);
    const { proofs, isAborted } = await readTranscripts(cli, sessions, {
      isDry: args['dry-run'] === true,
      skipsUnchanged: false,
      isForPeople: !args.json,
      onUnreadable: unread.add,
    });
    if (args.json) printJson(cli, proofs.map(forJson));
    else cli.out(reportText(cli, proofs));
    const { calls, tracked, leftOut } = proofSums(proofs);
    return isAborted || unread.count > 0 || calls - tracked > leftOut ? 1 : 0;
  },
});

// --- internal ---

interface Choice {
  readonly session?: string | undefined;
  readonly project?: string | undefined;
  readonly since?: string | undefined;
}

/** @throws TrackerError E_NO_SESSION, E_NO_PROJECT; UsageError where a time cannot be read */
async function chosenSessions(
  choice: Choice,
  cli: CliEnvironment,
  onUnreadable: (path: string, error: unknown) => void,
): Promise<TranscriptSession[]> {
  const { session, project } = choice;
  const { since = -Infinity } = await timeRangeOf({ since: choice.since }, cli.now());
  const isOfProject = project === undefined ? () => true : projectTest(project, cli);
  const all = findSessions([transcriptFolder(cli)], onUnreadable);
  const chosen = all.filter(
    ({ id, path, writtenAt }) =>
      (session === undefined || id.startsWith(session)) && writtenAt >= since && isOfProject(path),
  );
  if (session === undefined || chosen.length > 0) return chosen;
  throw new TrackerError(
    'E_NO_SESSION',
    `no transcript is of a session that begins with "${session}"`,
    {
      hint: 'Claude Code removes transcripts after some weeks. `pattern-tracker sessions` lists what is recorded.',
    },
  );
}

function projectTest(project: string, cli: CliEnvironment): (path: string) => boolean {
  const database = openDatabaseForReading(cli.paths.database);
  if (!database) return () => false;
  try {
    const ids = new Set(chooseProjects(database, project, cli));
    const roots = new Set(
      allProjects(database).flatMap(({ id, root }) => (ids.has(id) ? [root] : [])),
    );
    const finder = new ProjectFinder(processElapsed, (text) => text); // it is compared, and not stored
    return (path) =>
      transcriptFolders(path).some((folder) => roots.has(finder.find(folder)?.root ?? folder));
  } finally {
    database.close();
  }
}

function forJson(proof: TranscriptProof) {
  const {
    sessionId,
    calls,
    tracked,
    extra,
    recovered,
    disagreeing,
    rewritten,
    reasons,
    isWhole,
    at,
  } = proof;
  const compared = {
    sessionId,
    transcript: calls,
    tracked,
    missing: calls - tracked,
    extra,
    recovered,
  };
  return { ...compared, disagreeing, rewritten, reasons, isWhole, at: isoTime(at) };
}

function reportText(cli: CliEnvironment, proofs: readonly TranscriptProof[]): string {
  if (proofs.length === 0) return 'There are no transcripts to compare with.\n';
  const odd = proofs.filter(
    ({ calls, tracked, extra, recovered, disagreeing, rewritten }) =>
      calls !== tracked || extra + recovered + disagreeing + rewritten > 0,
  );
  const number = (title: string, of: (proof: TranscriptProof) => number) =>
    ({ title, align: 'right', cell: (proof: TranscriptProof) => String(of(proof)) }) as const;
  const table =
    odd.length === 0
      ? ''
      : `${renderTable<TranscriptProof>(
          cli,
          [
            { title: 'SESSION', cell: ({ sessionId }) => sessionId.slice(0, 8), isWhole: true },
            number('TRANSCRIPT', ({ calls }) => calls),
            number('TRACKED', ({ tracked }) => tracked),
            number('MISSING', ({ calls, tracked }) => calls - tracked),
            number('EXTRA', ({ extra }) => extra),
            number('RECOVERED', ({ recovered }) => recovered),
            number('DISAGREE', ({ disagreeing }) => disagreeing),
            number('REWRITTEN', ({ rewritten }) => rewritten),
          ],
          odd,
        )}\n`;
  const { reasons } = proofSums(proofs);
  const why = Object.entries(reasons).map(
    ([reason, count]) => `  ${counted(count, 'call')}: ${REASON_TEXTS[reason] ?? reason}\n`,
  );
  const open = proofs.filter(({ isWhole }) => !isWhole).length;
  const note =
    open === 0
      ? ''
      : `${counted(open, 'session')} not compared to the end: still at work, or not all could be read.\n`;
  return `${table}${proofText(proofSums(proofs))}.\n${why.join('')}${note}`;
}
