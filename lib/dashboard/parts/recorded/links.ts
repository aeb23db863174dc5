/** The page of a session. */
export function sessionLink(session: string): string {
  return `/sessions/${encodeURIComponent(session)}`;
}

/** A call in its session; without an id, the session. */
export function callLink(session: string, toolUseId: string | null): string {
  if (toolUseId === null) return sessionLink(session);
  return `${sessionLink(session)}?call=${encodeURIComponent(toolUseId)}`;
}

/** A file, at a line if one is given. */
export function fileLink(path: string, line?: number | null): string {
  const at = line ? `&line=${line}` : '';
  return `/file?path=${encodeURIComponent(path)}${at}`;
}

/** A folder among the files. */
export function folderLink(folder: string, project?: string | null): string {
  const query = new URLSearchParams({ ...(project ? { project } : {}), in: folder });
  return `/files?${query.toString()}`;
}

/** The page of a pattern. */
export function patternLink(id: string): string {
  return `/patterns/${encodeURIComponent(id)}`;
}
