/**
 * True inside a Claude Code session: in a hook, in its Bash tool, or in a program that one of them started.
 * A project's settings can set variables there, so a variable is not what the user has said. An empty one
 * counts too, because a project could have emptied it.
 */
export function isInClaudeSession(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['CLAUDECODE'] !== undefined || env['CLAUDE_CODE_ENTRYPOINT'] !== undefined;
}
