import { existsSync } from 'node:fs';
import type { TrackerPaths } from '../base/paths.ts';

/** What a settings file of Claude Code says about recording. */
export interface SettingsFacts {
  /** `user`, `project` or `local`. */
  readonly scope: string;
  readonly file: string;
  readonly exists: boolean;
  /** Why Claude Code cannot read it; null when it can. */
  readonly error: string | null;
  /** The hooks of this program in it that capture. */
  readonly hooks: readonly HookFacts[];
}

/** A hook of this program that a settings file registers. */
export interface HookFacts {
  /** As Claude Code spells it: `PreToolUse`. */
  readonly event: string;
  readonly scope: string;
  /** The words that it runs; undefined for a command that is more than one plain call. */
  readonly words: readonly string[] | undefined;
}

/** Whether Claude Code would call this program. */
export interface RegistrationFacts {
  readonly settings: readonly SettingsFacts[];
  /** The hooks of all settings files that capture. */
  readonly hooks: readonly HookFacts[];
  /** Those of them all that give Claude a note of earlier sessions. */
  readonly contextHooks: readonly HookFacts[];
  /** The plugin as `name@marketplace`; undefined when it is not enabled. */
  readonly plugin: string | undefined;
  /** The file that sets `disableAllHooks`; undefined when none does. */
  readonly hooksDisabledIn: string | undefined;
  /** The file that sets `PATTERN_TRACKER_DISABLED=1`; undefined when none does. */
  readonly switchedOffIn?: string | undefined;
}

/** How a hook ended that was called. */
export interface HookCall {
  /** Null when it was killed or could not be started. */
  readonly exitCode: number | null;
  /** What it wrote to standard output and standard error. */
  readonly printed: string;
  /** Why it could not be started, or that it took too long. */
  readonly problem: string | undefined;
  /** The variables of the user's settings that it was called with. */
  readonly variables: readonly string[];
}

/** What the checks need to know about the installation. The CLI reads it: health may not import install. */
export interface InstallationFacts {
  readonly registration: RegistrationFacts;
  /** The newest version of Claude Code in use; undefined when none is known. */
  readonly claudeVersion: string | undefined;
  /** The events that this version accepts, all of which should have a hook. */
  readonly wantedEvents: readonly string[];
  /** The events that have a hook in newer versions, and that this one does not know. */
  readonly unknownEvents: readonly string[];
  /** The plugin's folder, when the program that asks is the plugin's; else undefined. */
  readonly pluginRoot: string | undefined;
  /**
   * Calls the registered hook with an event of a test session, as Claude Code does: in this environment, and with the
   * variables that the user's settings set. Undefined when there is none to call.
   */
  readonly callHook?: (() => Promise<HookCall>) | undefined;
  /** The courier's bundle; undefined when none is found. */
  readonly courier: string | undefined;
  /** The sh front of capture; undefined when none is found. */
  readonly captureScript: string | undefined;
  /** The link in ~/.local/bin; undefined when it does not lead to this installation. */
  readonly link: string | undefined;
}

/** Whether anything of this program is in its folder. */
export function isInstalled(paths: Pick<TrackerPaths, 'data' | 'home'>): boolean {
  return existsSync(paths.data) || existsSync(`${paths.home}/dist`);
}

/** The events without which a tool call leaves no trace. */
export const ESSENTIAL_EVENTS: readonly string[] = ['PreToolUse', 'PostToolUse'];
