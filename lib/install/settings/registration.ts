import { dirname } from 'node:path';
import { errorMessage } from '../../base/errors.ts';
import { asArray, asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { claudeFolder } from '../../base/paths.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { PLUGIN_NAMES } from '../plugin/plugin-copies.ts';
import { homesOf, isContextHook, isOwnHook } from './own-hook.ts';
import { readSettings, settingsPath } from './settings-file.ts';
import type { SettingsScope } from './settings-file.ts';
import { parseSettings } from './settings-text.ts';
import { splitWords, withoutAssignments } from '../shell-words.ts';

/** The environment and the folders that decide which settings Claude Code would read. */
export interface RegistrationPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's folder. */
  readonly cwd: string;
  readonly paths: Pick<TrackerPaths, 'home'>;
}

/** A hook of ours as it stands in a settings file. */
export interface RegisteredHook {
  readonly event: string;
  readonly scope: SettingsScope;
  readonly command: string;
  /** If present, Claude Code runs the command without a shell. */
  readonly args: readonly string[] | undefined;
  /** The words it runs; undefined for a command that is more than one plain call. */
  readonly words: readonly string[] | undefined;
}

/** What one settings file says that matters to us. */
export interface SettingsReport {
  readonly scope: SettingsScope;
  readonly file: string;
  readonly exists: boolean;
  /** Why Claude Code cannot read it; null when it can. */
  readonly error: string | null;
  /** Those that capture. */
  readonly hooks: readonly RegisteredHook[];
  /** Those that give Claude a note of earlier sessions. */
  readonly contextHooks: readonly RegisteredHook[];
  readonly disablesAllHooks: boolean;
  /** The variables that it sets for what Claude Code runs. */
  readonly variables: Readonly<Record<string, string>>;
  /** Our plugin as `name@marketplace`; undefined when this file does not enable it. */
  readonly plugin: string | undefined;
}

/** Whether Claude Code, started in this folder by this user, would call us. */
export interface RegistrationReport {
  readonly settings: readonly SettingsReport[];
  readonly hooks: readonly RegisteredHook[];
  readonly contextHooks: readonly RegisteredHook[];
  readonly plugin: string | undefined;
  /** The file that sets `disableAllHooks`; undefined when none does. */
  readonly hooksDisabledIn: string | undefined;
  /** The file that sets `PATTERN_TRACKER_DISABLED=1`; undefined when none does. */
  readonly switchedOffIn: string | undefined;
}

/** Reads the settings of the user, the project in the current folder, and its local ones. */
export function readRegistration(place: RegistrationPlace): RegistrationReport {
  const settings: SettingsReport[] = [];
  for (const scope of ['user', 'project', 'local'] as const) {
    const file = settingsFileOf(scope, place);
    if (settings.some((other) => other.file === file)) continue; // the home folder is the project
    settings.push(readScope(scope, file, place));
  }
  return {
    settings,
    hooks: settings.flatMap(({ hooks }) => hooks),
    contextHooks: settings.flatMap(({ contextHooks }) => contextHooks),
    plugin: settings.find(({ plugin }) => plugin !== undefined)?.plugin,
    hooksDisabledIn: settings.find(({ disablesAllHooks }) => disablesAllHooks)?.file,
    switchedOffIn: settings.find(({ variables }) => variables['PATTERN_TRACKER_DISABLED'] === '1')
      ?.file,
  };
}

// --- internal ---

function settingsFileOf(scope: SettingsScope, place: RegistrationPlace): string {
  // Without an environment that names Claude Code's folder, it is the one whose `hooks` folder holds the home.
  const claude = claudeFolder(place.env) ?? dirname(dirname(place.paths.home));
  return settingsPath(scope, claude, place.cwd);
}

function readScope(scope: SettingsScope, file: string, place: RegistrationPlace): SettingsReport {
  const report: SettingsReport = {
    scope,
    file,
    exists: false,
    error: null,
    hooks: [],
    contextHooks: [],
    disablesAllHooks: false,
    variables: {},
    plugin: undefined,
  };
  let text: string | null;
  try {
    text = readSettings(file);
    if (text === null) return report;
    if (text.trim() === '') return { ...report, exists: true };
    parseSettings(text, file); // for the line and the column of an error
  } catch (error) {
    const message = errorMessage(error).replace('; nothing was changed', '');
    return { ...report, exists: true, error: message };
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const settings = isJsonObject(value) ? value : {};
    return {
      ...report,
      exists: true,
      hooks: hooksOf(settings, scope, place, false),
      contextHooks: hooksOf(settings, scope, place, true),
      disablesAllHooks: settings['disableAllHooks'] === true,
      variables: variablesOf(settings),
      plugin: pluginOf(settings),
    };
  } catch (error) {
    return { ...report, exists: true, error: `${file}: ${errorMessage(error)}` };
  }
}

function hooksOf(
  settings: JsonObject,
  scope: SettingsScope,
  place: RegistrationPlace,
  isContext: boolean,
): RegisteredHook[] {
  const events = isJsonObject(settings['hooks']) ? Object.entries(settings['hooks']) : [];
  const userHome = place.env['HOME'] ?? place.env['USERPROFILE'];
  const own = { homes: homesOf(place.paths.home), userHome };
  return events.flatMap(([event, groups]) =>
    asArray(groups)
      .flatMap((group) => (isJsonObject(group) ? asArray(group['hooks']) : []))
      .filter(isJsonObject)
      .filter((hook) => isOwnHook(hook, own) && isContextHook(hook, own) === isContext)
      .map((hook) => {
        const command = asString(hook['command']) ?? '';
        const args = Array.isArray(hook['args']) ? asArray(hook['args']).map(String) : undefined;
        const split = args ? [command, ...args] : splitWords(command, { HOME: userHome });
        const words = split && withoutAssignments(split);
        return { event, scope, command, args, words };
      }),
  );
}

/** Claude Code takes none of the variables that say where its own and the user's files are. */
function variablesOf(settings: JsonObject): Record<string, string> {
  const env = isJsonObject(settings['env']) ? Object.entries(settings['env']) : [];
  return Object.fromEntries(
    env
      .filter(([name]) => !/^(?:HOME|CLAUDE_CONFIG_DIR|TMPDIR)$/.test(name))
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function pluginOf(settings: JsonObject): string | undefined {
  const enabled = isJsonObject(settings['enabledPlugins']) ? settings['enabledPlugins'] : {};
  return Object.keys(enabled).find(
    (key) => enabled[key] === true && PLUGIN_NAMES.some((name) => key.startsWith(`${name}@`)),
  );
}
