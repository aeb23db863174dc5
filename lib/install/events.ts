import { compareVersions } from '../claude-code/version.ts';

/** One event of Claude Code that this project registers a hook for. */
export interface HookEventSpec {
  /** As Claude Code spells it. */
  readonly name: string;
  /** The Node bundle that captures it: `dist/hooks/<bundle>.cjs`. */
  readonly bundle: string;
  /** The tools it applies to; only tool events have a matcher. */
  readonly matcher?: '*';
  /** True when the hook also makes sure that a courier runs. */
  readonly ensure: boolean;
  /** The first version of Claude Code known to accept a settings file with this event. */
  readonly since: string;
}

/**
 * Every event that is registered, in the order in which it is written to a settings file. Not among them, on purpose:
 * WorktreeCreate, whose hook replaces git's, and PreSkillShellCommand (docs/decisions/021).
 *
 * Before 2.1.101, one unknown event in a settings file disabled all of its hooks, so `since` must not be
 * too low. Since 2.1.101 unknown events are tolerated; PostToolBatch has that version because the one
 * that introduced it is not known. The plugin's hooks.json names every event, so it needs 2.1.101.
 */
export const HOOK_EVENTS: readonly HookEventSpec[] = [
  { name: 'PreToolUse', bundle: 'pre-tool-use', matcher: '*', ensure: false, since: '1.0.38' },
  { name: 'PostToolUse', bundle: 'post-tool-use', matcher: '*', ensure: false, since: '1.0.38' },
  {
    name: 'PostToolUseFailure',
    bundle: 'post-tool-use-failure',
    matcher: '*',
    ensure: false,
    since: '2.0.76',
  },
  { name: 'PostToolBatch', bundle: 'post-tool-batch', ensure: false, since: '2.1.101' },
  { name: 'SessionStart', bundle: 'session-start', ensure: true, since: '1.0.62' },
  { name: 'UserPromptSubmit', bundle: 'user-prompt-submit', ensure: false, since: '1.0.54' },
  { name: 'SubagentStart', bundle: 'subagent-start', ensure: false, since: '2.0.43' },
  { name: 'SubagentStop', bundle: 'subagent-stop', ensure: false, since: '1.0.41' },
  { name: 'Stop', bundle: 'stop', ensure: false, since: '1.0.38' },
  { name: 'StopFailure', bundle: 'stop-failure', ensure: false, since: '2.1.120' },
  {
    name: 'PermissionRequest',
    bundle: 'permission-request',
    matcher: '*',
    ensure: false,
    since: '2.0.76',
  },
  {
    name: 'PermissionDenied',
    bundle: 'permission-denied',
    matcher: '*',
    ensure: false,
    since: '2.1.120',
  },
  { name: 'Notification', bundle: 'notification', ensure: false, since: '1.0.38' },
  { name: 'PostModelSwitch', bundle: 'post-model-switch', ensure: false, since: '2.1.330' },
  { name: 'WorktreeRemove', bundle: 'worktree-remove', ensure: false, since: '2.1.120' },
  { name: 'PreCompact', bundle: 'pre-compact', ensure: false, since: '1.0.48' },
  { name: 'SessionEnd', bundle: 'session-end', ensure: true, since: '1.0.85' },
];

/** Older versions ignore every hook of a settings file in which one event is unknown to them. */
export const TOLERANT_CLAUDE_VERSION = '2.1.101';

/** The version assumed when Claude Code's is not known. It is an old one, which rejects unknown events. */
export const ASSUMED_CLAUDE_VERSION = '2.0.76';

/** The events that a version of Claude Code accepts; undefined stands for {@link ASSUMED_CLAUDE_VERSION}. */
export function eventsFor(claudeVersion: string | undefined): readonly HookEventSpec[] {
  const version = claudeVersion ?? ASSUMED_CLAUDE_VERSION;
  return HOOK_EVENTS.filter(({ since }) => compareVersions(version, since) >= 0);
}
