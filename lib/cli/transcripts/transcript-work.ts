import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { claudeFolder } from '../../base/paths.ts';
import { makeFolder } from '../../capture/folder.ts';
import { loadConfig } from '../../config/config-file.ts';
import { importTranscripts } from '../../ingest/transcripts/import-run.ts';
import { CourierNudge } from '../../ingest/courier/courier-nudge.ts';
import type { ImportResult } from '../../ingest/transcripts/import-run.ts';
import type { TranscriptSession } from '../../transcript/claude-code/transcript-files.ts';
import type { CliEnvironment } from '../environment.ts';
import { takeIn } from '../spool-intake.ts';
import { withDatabase, withDatabaseUnchanged } from '../writable-database.ts';
import { importProgress } from './import-progress.ts';

/** How a command reads transcripts. */
export interface TranscriptWork {
  readonly isDry: boolean;
  readonly skipsUnchanged: boolean;
  /** False: no progress is shown, because a program reads the output. */
  readonly isForPeople: boolean;
  /** Called for what cannot be read or recorded. */
  readonly onUnreadable: (path: string, error: unknown) => void;
}

/** What cannot be read: it is said, and counted, each once. */
export function unreadable(cli: CliEnvironment) {
  const paths = new Set<string>();
  return {
    get count() {
      return paths.size;
    },
    add: (path: string, error: unknown) => {
      paths.add(path);
      cli.err(`${path} cannot be read: ${errorMessage(error)}\n`);
    },
  };
}

/**
 * Where Claude Code keeps the transcripts of all projects.
 *
 * @throws TrackerError E_NO_HOME
 */
export function transcriptFolder(cli: CliEnvironment): string {
  const claude = claudeFolder(cli.env);
  if (claude) return join(claude, 'projects');
  throw new TrackerError('E_NO_HOME', 'neither CLAUDE_CONFIG_DIR nor HOME is set', {
    hint: "Set HOME, or CLAUDE_CONFIG_DIR to Claude Code's folder.",
  });
}

/** @throws TrackerError E_TRANSCRIPTS_OFF when the configuration forbids to read transcripts */
export function checkTranscriptsOn({ paths }: CliEnvironment): void {
  if (loadConfig(paths).config.transcripts === 'on') return;
  throw new TrackerError('E_TRANSCRIPTS_OFF', 'transcripts are not read: transcripts is off', {
    hint: `Set transcripts to on in ${paths.configFile}.`,
  });
}

/** Takes in what the transcripts of some sessions tell, after what hooks have told of them. */
export async function readTranscripts(
  cli: CliEnvironment,
  sessions: readonly TranscriptSession[],
  { isDry, skipsUnchanged, isForPeople, onUnreadable }: TranscriptWork,
): Promise<ImportResult> {
  const signal = cli.interruption();
  if (!isDry && existsSync(cli.paths.data)) await takeIn(cli, signal);
  const progress = importProgress(isForPeople ? cli : undefined, sessions);
  const withIt = isDry ? withDatabaseUnchanged : withDatabase;
  if (!isDry) makeFolder(cli.paths.data);
  try {
    const result = await withIt(cli, (database) =>
      importTranscripts(database, sessions, {
        paths: cli.paths,
        clock: cli.now,
        machine: hostname(),
        signal,
        isDry,
        skipsUnchanged,
        onProgress: progress.update,
        onUnreadable,
      }),
    );
    // It makes the search index of what is new, and sends it; else nothing would until the next hook.
    if (!isDry && result.recorded > 0) new CourierNudge({ paths: cli.paths, env: cli.env }).give();
    return result;
  } finally {
    progress.end();
  }
}
