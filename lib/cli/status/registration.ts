import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage } from '../../base/errors.ts';
import { asArray, asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { claudeFolder } from '../../base/paths.ts';
import { HOOK_EVENTS } from '../../install/events.ts';
import { isOwnHook } from '../../install/settings/own-hook.ts';
import { readSettings, settingsPath } from '../../install/settings/settings-file.ts';
import type { SettingsScope } from '../../install/settings/settings-file.ts';
import { parseSettings } from '../../install/settings/settings-text.ts';
import type { CliEnvironment } from '../environment.ts';

/** A hook of ours as it stands in a settings file. */
export interface RegisteredHook {
  readonly event: string;
  readonly scope: SettingsScope;
  readonly command: string;
  /** Present: run without a shell. */
  readonly args: readonly string[] | undefined;
}

/** What one settings file says that matters to us. */
export interface SettingsReport {
  readonly scope: SettingsScope;
  readonly file: string;
  readonly exists: boolean;
  /** Why Claude Code can't read it; null when it can. */
  readonly error: string | null;
  readonly hooks: readonly RegisteredHook[];
  readonly disablesAllHooks: boolean;
  /** Our plugin as `name@marketplace`, where this file enables it. */
  readonly plugin: string | undefined;
}

/** Whether Claude Code, started in this folder by this user, would call us. */
export interface RegistrationReport {
  readonly settings: readonly SettingsReport[];
  readonly hooks: readonly RegisteredHook[];
  readonly plugin: string | undefined;
  /** The file that has `disableAllHooks`. */
  readonly hooksDisabledIn: string | undefined;
}

/** The events without which a tool call leaves no trace. */
export const ESSENTIAL_EVENTS: readonly string[] = HOOK_EVENTS.map(({ name }) => name).filter(
  (name) => name === 'PreToolUse' || name === 'PostToolUse',
);

/** Reads the settings of the user, the project in the current folder, and its local ones. */
export function readRegistration(cli: CliEnvironment): RegistrationReport {
  const settings: SettingsReport[] = [];
  for (const scope of ['user', 'project', 'local'] as const) {
    const file = settingsFileOf(scope, cli);
    if (settings.some((other) => other.file === file)) continue; // the home folder is the project
    settings.push(readScope(scope, file, cli));
  }
  return {
    settings,
    hooks: settings.flatMap(({ hooks }) => hooks),
    plugin: settings.find(({ plugin }) => plugin !== undefined)?.plugin,
    hooksDisabledIn: settings.find(({ disablesAllHooks }) => disablesAllHooks)?.file,
  };
}

// --- internal ---

const PLUGIN_NAMES = ['claude-pattern-tracker', 'pattern-tracker'];

function settingsFileOf(scope: SettingsScope, cli: CliEnvironment): string {
  // Where Claude's folder is unknown the home, which was found, lies in its `hooks` folder.
  const claude = claudeFolder(cli.env) ?? dirname(dirname(cli.paths.home));
  return settingsPath(scope, claude, cli.cwd);
}

function readScope(scope: SettingsScope, file: string, cli: CliEnvironment): SettingsReport {
  const report: SettingsReport = {
    scope,
    file,
    exists: false,
    error: null,
    hooks: [],
    disablesAllHooks: false,
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
      hooks: hooksOf(settings, scope, cli),
      disablesAllHooks: settings['disableAllHooks'] === true,
      plugin: pluginOf(settings),
    };
  } catch (error) {
    return { ...report, exists: true, error: `${file}: ${errorMessage(error)}` };
  }
}

function hooksOf(
  settings: JsonObject,
  scope: SettingsScope,
  cli: CliEnvironment,
): RegisteredHook[] {
  const events = isJsonObject(settings['hooks']) ? Object.entries(settings['hooks']) : [];
  const options = {
    homes: [...new Set([cli.paths.home, real(cli.paths.home)])],
    userHome: cli.env['HOME'] ?? cli.env['USERPROFILE'],
  };
  return events.flatMap(([event, groups]) =>
    asArray(groups)
      .flatMap((group) => (isJsonObject(group) ? asArray(group['hooks']) : []))
      .filter(isJsonObject)
      .filter((hook) => isOwnHook(hook, options))
      .map((hook) => ({
        event,
        scope,
        command: asString(hook['command']) ?? '',
        args: Array.isArray(hook['args']) ? asArray(hook['args']).map(String) : undefined,
      })),
  );
}

function pluginOf(settings: JsonObject): string | undefined {
  const enabled = isJsonObject(settings['enabledPlugins']) ? settings['enabledPlugins'] : {};
  return Object.keys(enabled).find(
    (key) => enabled[key] === true && PLUGIN_NAMES.includes(key.split('@')[0] ?? ''),
  );
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
