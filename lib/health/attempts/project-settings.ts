import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { readRegularFile } from '../../base/regular-file.ts';

/** What the settings in a project's folder say that is about recording. */
export interface ProjectSettings {
  /** The file that sets `disableAllHooks`; null when none does, like the next four. */
  readonly hooksDisabledIn: string | null;
  /** The file that sets `PATTERN_TRACKER_DISABLED`. */
  readonly switchedOffIn: string | null;
  /** The file that sets `PATTERN_TRACKER_HOME`. */
  readonly redirectedIn: string | null;
  /** The file that sets a variable with which a shell fails before it runs a hook's first command. */
  readonly hooksFailIn: string | null;
  /** The file that is too large to be read. */
  readonly unreadIn: string | null;
  /** Variables that decide which programs run, what they load or where they connect to. */
  readonly variables: readonly string[];
}

/**
 * Reads `.claude/settings.json` and `settings.local.json` of a project, and of the folders above it up to the root of
 * its repository, because Claude may have gone into one of the project's folders. They are hostile input: only regular
 * files count, up to 2 MiB, and what cannot be read says nothing.
 */
export function readProjectSettings(project: string): ProjectSettings {
  const files = (isAbsolute(project) ? foldersUpToRoot(project) : [])
    .flatMap((folder) => FILES.map((name) => join(folder, '.claude', name)))
    .map((file) => ({ file, settings: settingsIn(file) }))
    .map(({ file, settings }) => ({ file, settings, env: variablesOf(settings ?? {}) }));
  const firstWith = (test: (of: (typeof files)[number]) => boolean) =>
    files.find(test)?.file ?? null;
  const names = files.flatMap(({ env }) => Object.keys(env));
  return {
    hooksDisabledIn: firstWith(({ settings }) => settings?.['disableAllHooks'] === true),
    switchedOffIn: firstWith(({ env }) =>
      ['1', 1].includes(env['PATTERN_TRACKER_DISABLED'] as string | number),
    ),
    redirectedIn: firstWith(({ env }) => Boolean(env['PATTERN_TRACKER_HOME'])),
    hooksFailIn: firstWith(({ env }) => STOPPING.some((name) => env[name] !== undefined)),
    unreadIn: firstWith(({ settings }) => settings === undefined),
    variables: [...new Set(names)].filter((name) => WATCHED.test(name)).toSorted(),
  };
}

// --- internal ---

const FILES = ['settings.json', 'settings.local.json'];
const MAX_BYTES = 2 * 1024 * 1024;
/** The most folders that are looked into for one project. */
const MAX_FOLDERS = 40;
/** dash refuses an `OPTIND` that is no number; bash runs nothing with the option `noexec`. */
const STOPPING = ['OPTIND', 'SHELLOPTS'];
const WATCHED =
  /^(?:PATH|ENV|BASH_ENV|BASH_FUNC_.+|SHELLOPTS|BASHOPTS|OPTIND|TZ|TZDIR|LOCPATH|LD_\w+|DYLD_\w+|NODE_\w+|OPENSSL_\w+|SSL_CERT_\w+|(?:HTTPS?|ALL)_PROXY|INTELLIGENCE_\w+|OTEL_\w+|PATTERN_TRACKER_\w+)$/i;

/** The project's folder and those above it, but not the user's home, whose settings are the user's. */
function foldersUpToRoot(project: string): string[] {
  const folders = [project];
  for (let folder = project; folders.length < MAX_FOLDERS && !existsSync(join(folder, '.git'));) {
    const parent = dirname(folder);
    if (parent === folder || parent === homedir()) break;
    folders.push(parent);
    folder = parent;
  }
  return folders;
}

/** Undefined when the file is too large. */
function settingsIn(file: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(readRegularFile(file, MAX_BYTES).replace(/^\uFEFF/, ''));
    return isJsonObject(value) ? value : {};
  } catch (error) {
    return error instanceof TrackerError && error.code === 'E_LARGE_FILE' ? undefined : {};
  }
}

function variablesOf({ env }: JsonObject): JsonObject {
  return isJsonObject(env) ? env : {};
}
