import { counted } from '../../base/amount-text.ts';
import { localTime } from '../../base/time-text.ts';
import type { ProjectAttempts } from './attempts.ts';
import type { ProjectSettings } from './project-settings.ts';

/** What `status` says of projects. */
export interface AttemptTexts {
  /** What needs a look. */
  readonly notices: readonly string[];
  /** What is good to know. */
  readonly facts: readonly string[];
  /** How many projects are left out. */
  readonly more: number;
  /** True when there is something that `status --acknowledge` forgets. */
  readonly isCounted: boolean;
}

/** What `status` says of the first projects, the last first. */
export function attemptTexts(attempts: readonly ProjectAttempts[]): AttemptTexts {
  const shown = attempts.slice(0, MOST_PROJECTS);
  return {
    notices: shown.flatMap(attemptReasons),
    facts: shown.flatMap((one) => [
      ...(one.switchedOff > 0 && !isSwitchedOffByProject(one) ? [`${switchedOffText(one)}.`] : []),
      ...variableTexts(one),
    ]),
    more: attempts.length - shown.length,
    isCounted: attempts.some(({ redirected, switchedOff }) => redirected + switchedOff > 0),
  };
}

/** What was tried in one project, a sentence each. */
export function attemptReasons(attempts: ProjectAttempts): readonly string[] {
  const { redirected, lastAt, settings } = attempts;
  const where = attempts.project ?? 'a project with a very long path';
  const last = lastAt === null ? '' : `, the last ${localTime(lastAt)}`;
  const reasons: string[] = [];
  if (redirected > 0) {
    reasons.push(
      `PATTERN_TRACKER_HOME was set to redirect what is recorded, and not obeyed: ${where}, ${counted(redirected, 'hook')}${last}${inFile(settings.redirectedIn)}.`,
    );
  }
  if (isSwitchedOffByProject(attempts)) {
    reasons.push(`${switchedOffText(attempts)}.`);
  }
  if (attempts.unrecordedSessions > 0) {
    reasons.push(`${unrecordedText(attempts)}.`);
  }
  return reasons;
}

/**
 * True when recording was switched off by the project, as far as that is known. A variable that its settings do not
 * set comes from whoever started Claude Code.
 */
function isSwitchedOffByProject({
  project,
  switchedOff,
  settings,
  isGone,
}: ProjectAttempts): boolean {
  const { switchedOffIn, unreadIn } = settings;
  return (
    switchedOff > 0 && (switchedOffIn !== null || unreadIn !== null || isGone || project === null)
  );
}

/** That recording was switched off in a project, how often, when, and by whom. */
function switchedOffText(attempts: ProjectAttempts): string {
  const { project, switchedOff, lastAt, settings, isGone } = attempts;
  const where = project ?? 'a project with a very long path';
  const last = lastAt === null ? '' : `, the last ${localTime(lastAt)}`;
  const by =
    settings.switchedOffIn !== null
      ? inFile(settings.switchedOffIn)
      : settings.unreadIn !== null
        ? `; ${settings.unreadIn} is too large to read, so by whom is not known`
        : isGone || project === null
          ? '; its settings cannot be read, so by whom is not known'
          : '; its settings do not set it now, so it was you, or whoever started Claude Code';
  return `PATTERN_TRACKER_DISABLED=1 switched recording off: ${where}, ${counted(switchedOff, 'event')}${last}${by}`;
}

/** That sessions were not recorded, when, and why as far as it is known. */
function unrecordedText({
  project,
  unrecordedSessions: count,
  lastAt,
  settings,
}: ProjectAttempts): string {
  const last = lastAt === null ? '' : `, the last ${localTime(lastAt)}`;
  const why = reasonIn(settings);
  return `Nothing was recorded of ${counted(count, 'session')}: ${project ?? 'folder not known'}${last}${why}`;
}

// --- internal ---

/** How many projects are shown. */
const MOST_PROJECTS = 5;

function reasonIn({
  hooksDisabledIn,
  hooksFailIn,
  switchedOffIn,
  unreadIn,
}: ProjectSettings): string {
  if (hooksDisabledIn !== null) return `; "disableAllHooks" is true in ${hooksDisabledIn}`;
  if (switchedOffIn !== null) return inFile(switchedOffIn);
  if (hooksFailIn !== null) return `; a variable that makes hooks fail is set in ${hooksFailIn}`;
  return `; ${unreadIn} is too large to read, and may say why`;
}

function inFile(file: string | null): string {
  return file === null ? '' : `; it is set in ${file}`;
}

/** Which variables a project sets for hooks. Most have a good reason, and no effect on recording. */
function variableTexts({ project, settings }: ProjectAttempts): string[] {
  const names = settings.variables.filter((name) => !name.startsWith('PATTERN_TRACKER_'));
  const { hooksFailIn, unreadIn } = settings;
  const unread = unreadIn === null ? [] : [`${unreadIn} is too large to read.`];
  if (names.length === 0) return unread;
  const effect = hooksFailIn === null ? 'no effect on recording' : 'hooks may fail';
  return [`${project} sets ${names.join(', ')}: ${effect}; see SECURITY.md.`, ...unread];
}
