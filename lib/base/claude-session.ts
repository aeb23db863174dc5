/**
 * True inside a Claude Code session: in a hook, in its Bash tool, or in a program that one of them started.
 * A project's settings can set variables there, so a variable is not what the user has said. An empty one
 * counts too, because a project could have emptied it.
 */
export function isInClaudeSession(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['CLAUDECODE'] !== undefined || env['CLAUDE_CODE_ENTRYPOINT'] !== undefined;
}

/**
 * Removes the variables that make the C library read a file as a time zone. A project's settings could name a FIFO
 * there, which never opens. To be called before a local time is first asked for. The name of a zone stays.
 */
export function dropForeignTimeZone(env: Record<string, string | undefined>): void {
  if (env['TZ'] !== undefined && !ZONE_NAME.test(env['TZ'])) delete env['TZ'];
  delete env['TZDIR']; // Node.js has the zones in itself
}

// --- internal ---

/** Such as `Europe/Berlin` or `Etc/GMT+5`: no path, no `..`. */
const ZONE_NAME = /^[A-Za-z0-9][\w+-]*(?:\/[\w+-]+)*$/;
