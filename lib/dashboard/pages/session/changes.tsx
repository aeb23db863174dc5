import type { NetChange, NetNote } from '../../../store/queries/history/session-files.ts';
import { Lines } from '../../parts/count.tsx';
import { Diff } from '../../parts/diff/diff.tsx';
import { shortPath } from '../../parts/link.ts';
import { Plain } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';

/** What the session changed in all, file by file: from the first text that is known of it to the last. */
export function Changes({
  changes,
  root,
}: {
  readonly changes: readonly NetChange[];
  readonly root: string | null;
}) {
  if (changes.length === 0) {
    return (
      <Empty
        title="No file is other than before"
        why="Here stands what the session changed in all, file by file."
      />
    );
  }
  return (
    <div class="changes">
      {changes.map(({ filePath, change, hunks, linesAdded, linesRemoved, note }) => (
        <details class="change" open={changes.length <= MOST_OPEN} key={filePath}>
          <summary data-row tabIndex={0}>
            <code>
              <Plain text={shortPath(filePath, root)} />
            </code>
            <span class="dim">{change}</span>
            <Lines added={linesAdded} removed={linesRemoved} />
          </summary>
          {hunks === null ? (
            <p class="dim change-note">{note === null ? 'It is not known how.' : NOTES[note]}</p>
          ) : (
            <Diff hunks={hunks} note={note === null ? null : NOTES[note]} />
          )}
        </details>
      ))}
    </div>
  );
}

// --- internal ---

/** More files are closed at first. */
const MOST_OPEN = 10;

const NOTES: Readonly<Record<NetNote, string>> = {
  redacted: 'Secrets were taken out of it.',
  guessed: 'Leading tabs, or whether the last line has its newline, are guessed.',
  shared: 'What others did to the file between two calls is in it.',
  pruned: 'What tells how is past retention.',
  unseen: 'A call did not tell all that it changed.',
  unlike: 'Others changed the file in between, and its texts are not kept.',
};
