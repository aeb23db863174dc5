/**
 * Why a tool call failed, as one line: the first of its error, or the one behind an exit code, which says little
 * alone.
 */
export function errorLine(error: string): string {
  const lines = error
    .replaceAll(/<\/?tool_use_error>/g, '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  const [first = '', second] = lines;
  const code = /^(?:Error: )?Exit code (\d+)$/.exec(first)?.[1];
  return code !== undefined && second !== undefined ? `exit ${code}: ${second}` : first;
}
