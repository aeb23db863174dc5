import { Presets, SingleBar } from 'cli-progress';
import type { ImportSums } from '../../ingest/transcripts/import-run.ts';
import type { TranscriptSession } from '../../transcript/claude-code/transcript-files.ts';
import type { CliEnvironment } from '../environment.ts';

/** What is shown while transcripts are read. */
export interface ImportProgress {
  readonly update: (sums: ImportSums) => void;
  readonly end: () => void;
}

/** A bar with files, events, speed and the time left, on standard error and only on a terminal; none if `cli` is undefined. */
export function importProgress(
  cli: CliEnvironment | undefined,
  sessions: readonly TranscriptSession[],
): ImportProgress {
  const bytes = sessions.reduce((sum, session) => sum + session.bytes, 0);
  if (!cli?.isTTY || bytes === 0) return { update: () => {}, end: () => {} };
  const { now } = cli;
  const files = sessions.reduce((sum, session) => sum + session.files.length, 0);
  const startedAt = now();
  const bar = new SingleBar(
    {
      format:
        '{bar} {percentage} %, {files} files, {events} events, {speed} MB/s, {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 100,
    },
    Presets.shades_classic,
  );
  bar.start(bytes, 0, { files: `0 of ${files}`, events: 0, speed: '0' });
  let shownAt = startedAt;
  return {
    update: (sums) => {
      if (now() - shownAt < REFRESH_MS && sums.bytes < bytes) return;
      shownAt = now();
      const seconds = Math.max(1, now() - startedAt) / 1000;
      bar.update(Math.min(bytes, sums.bytes), {
        files: `${sums.files} of ${files}`,
        events: sums.events,
        speed: (sums.bytes / 1e6 / seconds).toFixed(1),
      });
    },
    end: () => bar.stop(),
  };
}

// --- internal ---

/** How often it is drawn again, in milliseconds; the time left is guessed from what was read in between. */
const REFRESH_MS = 200;
