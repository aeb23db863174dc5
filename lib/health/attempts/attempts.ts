import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../../base/regular-file.ts';
import { triedProject } from '../../capture/attempt.ts';
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

/** The projects that hooks have counted attempts of. */
export function triedProjects(tried: string): string[] {
  return namesIn(tried).flatMap((name) => triedProject(name) ?? []);
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

// --- internal ---

/** The most projects that are read. */
const MAX_PROJECTS = 1_000;
/** The most letters that are counted for one project. */
const MAX_LETTERS = 8 * 1024 * 1024;

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
