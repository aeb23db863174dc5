import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../base/amount-text.ts';
import { localTime } from '../base/time-text.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { triedProject } from '../capture/attempt.ts';
import { readProjectSettings } from './project-settings.ts';
import type { ProjectSettings } from './project-settings.ts';

/** What was tried in one project to redirect recording, or to switch it off. */
export interface ProjectAttempts {
  /** Its folder; null for projects whose path is too long to be noted. */
  readonly project: string | null;
  /** Hooks that found `PATTERN_TRACKER_HOME` naming another home. They did not obey it. */
  readonly redirected: number;
  /** Hooks that recorded nothing because `PATTERN_TRACKER_DISABLED=1` was set. */
  readonly switchedOff: number;
  /** Sessions that left a transcript, and of which nothing is recorded. */
  readonly unrecordedSessions: number;
  /** The last time, in milliseconds since 1970; null when only the settings show it. */
  readonly lastAt: number | null;
  /** What the project's settings say now. */
  readonly settings: ProjectSettings;
  /** True when the folder is no longer there to be asked. */
  readonly isGone: boolean;
}

/** Reads what hooks have counted, the last first. */
export function readAttempts(tried: string): readonly ProjectAttempts[] {
  const found = namesIn(tried)
    .slice(0, MAX_PROJECTS)
    .flatMap((name) => {
      const file = join(tried, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (!stats?.isFile()) return [];
      const letters = lettersIn(file);
      return [
        {
          ...attemptsIn(triedProject(name) ?? null),
          redirected: letters.split('h').length - 1,
          switchedOff: letters.split('d').length - 1,
          lastAt: Math.floor(stats.mtimeMs),
        },
      ];
    });
  return found.toSorted((a, b) => b.lastAt - a.lastAt);
}

/** A project in which nothing is known to have been tried. */
export function attemptsIn(project: string | null): ProjectAttempts {
  return {
    project,
    redirected: 0,
    switchedOff: 0,
    unrecordedSessions: 0,
    lastAt: null,
    settings: readProjectSettings(project ?? ''),
    isGone: project !== null && !existsSync(project),
  };
}

/** Forgets what hooks have counted. */
export function forgetAttempts(tried: string): void {
  rmSync(tried, { recursive: true, force: true });
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
 * True when recording was switched off, and not known to be by the user. A variable that the project's settings do
 * not set comes from whoever started Claude Code, or from the user's own settings.
 */
export function isSwitchedOffByProject({
  switchedOff,
  settings,
  isGone,
}: ProjectAttempts): boolean {
  return switchedOff > 0 && (settings.switchedOffIn !== null || isGone);
}

/** That recording was switched off in a project, how often, when, and by whom. */
export function switchedOffText(attempts: ProjectAttempts): string {
  const { project, switchedOff, lastAt, settings, isGone } = attempts;
  const where = project ?? 'a project with a very long path';
  const last = lastAt === null ? '' : `, the last ${localTime(lastAt)}`;
  const by =
    settings.switchedOffIn !== null
      ? inFile(settings.switchedOffIn)
      : isGone
        ? '; the folder is gone, so by whom is not known'
        : "; not by the project's settings, so by you, or whoever started Claude Code";
  return `PATTERN_TRACKER_DISABLED=1 switched recording off: ${where}, ${counted(switchedOff, 'event')}${last}${by}`;
}

/** That sessions were not recorded, when, and why as far as it is known. */
export function unrecordedText({
  project,
  unrecordedSessions: count,
  lastAt,
  settings,
}: ProjectAttempts): string {
  const last = lastAt === null ? '' : `, the last ${localTime(lastAt)}`;
  const why =
    settings.hooksDisabledIn === null
      ? inFile(settings.switchedOffIn)
      : `; "disableAllHooks" is true in ${settings.hooksDisabledIn}`;
  return `Nothing was recorded of ${counted(count, 'session')}: ${project ?? 'folder not known'}${last}${why}`;
}

// --- internal ---

/** The most projects that are read. */
const MAX_PROJECTS = 1_000;
/** The most letters that are counted for one project. */
const MAX_LETTERS = 8 * 1024 * 1024;

function inFile(file: string | null): string {
  return file === null ? '' : `; it is set in ${file}`;
}

function lettersIn(file: string): string {
  try {
    return readRegularFile(file, MAX_LETTERS);
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
