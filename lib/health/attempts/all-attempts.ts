import { transcriptFolders } from '../../claude-code/transcript-list.ts';
import type { Transcript } from '../../claude-code/transcript-list.ts';
import { attemptsIn, readAttempts } from './attempts.ts';
import type { ProjectAttempts } from './attempts.ts';
import type { SpoolFacts } from '../spool-facts.ts';
import type { RecordedWork } from '../stored-facts.ts';

/** What is compared. */
export interface AttemptSources {
  /** The folder in which hooks count. */
  readonly tried: string;
  /** The transcripts of sessions, read before the spool, and that before the database. */
  readonly transcripts: readonly Transcript[];
  readonly spool: Pick<SpoolFacts, 'oldestAt'>;
  /** Null when the database cannot be read, or is not there yet. */
  readonly work: RecordedWork | null;
}

/**
 * What was tried in every project, the last first: what hooks have counted; the sessions of which nothing is recorded,
 * because where a project switches all hooks off, none is there to count; and what the settings of known projects set.
 * A session counts only if the settings of its project say why. Another may be older than the hooks, or forgotten.
 */
export function allAttempts({
  tried,
  transcripts,
  spool,
  work,
}: AttemptSources): readonly ProjectAttempts[] {
  const found = new Map(readAttempts(tried).map((one) => [one.project, one]));
  const of = (project: string) => found.get(project) ?? attemptsIn(project);
  const isUnrecorded = ({ session, at }: Transcript) =>
    !work?.known.has(session) &&
    at >= (work?.firstAt ?? 0) &&
    (spool.oldestAt === null || at < spool.oldestAt); // else its events may be waiting
  for (const { path, at } of transcripts.filter(isUnrecorded).slice(0, MAX_UNRECORDED)) {
    const known = transcriptFolders(path).map(of).find(saysWhy);
    if (known === undefined || known.project === null) continue;
    const { project } = known;
    const unrecordedSessions = known.unrecordedSessions + 1;
    found.set(project, { ...known, unrecordedSessions, lastAt: Math.max(known.lastAt ?? 0, at) });
  }
  for (const root of work?.roots.slice(0, MAX_PROJECTS) ?? []) {
    const project = of(root);
    const { variables, unreadIn } = project.settings;
    if (variables.length > 0 || unreadIn !== null) found.set(root, project);
  }
  return [...found.values()].toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

// --- internal ---

/** True when a project's settings say, or may say, why nothing is recorded of a session in it. */
function saysWhy({ settings, switchedOff }: ProjectAttempts): boolean {
  const { hooksDisabledIn, hooksFailIn, unreadIn, switchedOffIn } = settings;
  if (hooksDisabledIn !== null || hooksFailIn !== null || unreadIn !== null) return true;
  return switchedOffIn !== null && switchedOff === 0;
}

/** Of how many sessions the project is looked for in the transcript, and of how many projects in the settings. */
const MAX_UNRECORDED = 200;
const MAX_PROJECTS = 200;
