import { isAbsolute, join } from 'node:path';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { readRegularFile } from '../../base/regular-file.ts';

/** What the settings in a project's folder say that is about recording. */
export interface ProjectSettings {
  /** The file that sets `disableAllHooks`; null when none does, like the next two. */
  readonly hooksDisabledIn: string | null;
  /** The file that sets `PATTERN_TRACKER_DISABLED`. */
  readonly switchedOffIn: string | null;
  /** The file that sets `PATTERN_TRACKER_HOME`. */
  readonly redirectedIn: string | null;
  /** Variables that decide which programs run, what they load or where they connect to. */
  readonly variables: readonly string[];
}

/**
 * Reads `.claude/settings.json` and `settings.local.json` of a project. They are hostile input: only regular files
 * count, up to 64 KiB, and what cannot be read says nothing.
 */
export function readProjectSettings(project: string): ProjectSettings {
  const files = (isAbsolute(project) ? ['settings.json', 'settings.local.json'] : [])
    .map((name) => join(project, '.claude', name))
    .map((file) => ({ file, settings: settingsIn(file) }))
    .map(({ file, settings }) => ({ file, settings, env: variablesOf(settings) }));
  const firstWith = (test: (of: (typeof files)[number]) => boolean) =>
    files.find(test)?.file ?? null;
  const names = files.flatMap(({ env }) => Object.keys(env));
  return {
    hooksDisabledIn: firstWith(({ settings }) => settings['disableAllHooks'] === true),
    switchedOffIn: firstWith(({ env }) =>
      ['1', 1].includes(env['PATTERN_TRACKER_DISABLED'] as string | number),
    ),
    redirectedIn: firstWith(({ env }) => Boolean(env['PATTERN_TRACKER_HOME'])),
    variables: [...new Set(names)].filter((name) => WATCHED.test(name)).toSorted(),
  };
}

// --- internal ---

const MAX_BYTES = 64 * 1024;
const WATCHED =
  /^(?:PATH|ENV|BASH_ENV|BASH_FUNC_.+|SHELLOPTS|LD_\w+|DYLD_\w+|NODE_\w+|OPENSSL_\w+|SSL_CERT_\w+|(?:HTTPS?|ALL)_PROXY|INTELLIGENCE_\w+|OTEL_\w+|PATTERN_TRACKER_\w+)$/i;

function settingsIn(file: string): JsonObject {
  try {
    const value: unknown = JSON.parse(readRegularFile(file, MAX_BYTES).replace(/^\uFEFF/, ''));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function variablesOf({ env }: JsonObject): JsonObject {
  return isJsonObject(env) ? env : {};
}
