/** A settings file of Claude Code, as far as recording depends on it. */
export interface SettingsFacts {
  /** `user`, `project` or `local`. */
  readonly scope: string;
  readonly file: string;
  readonly exists: boolean;
  /** Why Claude Code cannot read it; null when it can. */
  readonly error: string | null;
  /** The hooks of this program in it. */
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
  /** The hooks of all settings files. */
  readonly hooks: readonly HookFacts[];
  /** The plugin as `name@marketplace`, where one is enabled. */
  readonly plugin: string | undefined;
  /** The file that has `disableAllHooks`. */
  readonly hooksDisabledIn: string | undefined;
}

/** What the checks are told about the installation; the command line reads it from lib/install. */
export interface InstallationFacts {
  readonly registration: RegistrationFacts;
  /** The version of the `claude` on PATH; undefined where there is none. */
  readonly claudeVersion: string | undefined;
  /** The events that this version accepts, all of which should have a hook. */
  readonly wantedEvents: readonly string[];
  /** The courier's bundle; undefined where none is found. */
  readonly courier: string | undefined;
  /** The sh front of capture; undefined where none is found. */
  readonly captureScript: string | undefined;
  /** The link in the user's folder for programs, where it leads to this installation. */
  readonly link: string | undefined;
}

/** The events without which a tool call leaves no trace. */
export const ESSENTIAL_EVENTS: readonly string[] = ['PreToolUse', 'PostToolUse'];
