/** What to forget: what meets every criterion that is given. At least one is. */
export interface ForgetCriteria {
  /** The whole id of a session. */
  readonly session?: string | undefined;
  /** Roots of projects: sessions that began there, and calls of others that worked there or name a path there. */
  readonly projects?: readonly string[] | undefined;
  /** Whole paths: calls that wrote, read or named one of them. */
  readonly files?: readonly string[] | undefined;
  /** The whole id of a pattern: calls that wrote it. */
  readonly pattern?: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly since?: number | undefined;
  /** The first moment that is too late, in milliseconds since 1970 UTC. */
  readonly until?: number | undefined;
  /** A text that stands in a prompt, in code, or in what a tool was given or has answered. */
  readonly match?: string | undefined;
  /** When the user asked, in milliseconds since 1970 UTC: what was recorded later stays. */
  readonly at: number;
}

/** True if the criteria choose by what is in a text, and not by where and when it came from. */
export function isByContent({ files, pattern, match }: Omit<ForgetCriteria, 'at'>): boolean {
  return files !== undefined || pattern !== undefined || match !== undefined;
}

/** True if the criteria bound the place or the time, so that the same text from elsewhere stays. */
export function isBounded(criteria: ForgetCriteria): boolean {
  const { session, projects, since, until } = criteria;
  return [session, projects, since, until].some((value) => value !== undefined);
}

/** True if everything that holds a text is to go, wherever it is. */
export function isOnlyMatch(criteria: ForgetCriteria): boolean {
  const { match, files, pattern } = criteria;
  return (
    match !== undefined && files === undefined && pattern === undefined && !isBounded(criteria)
  );
}

/** True if whole sessions are forgotten, and not only some of what they did. */
export function isOfWholeSessions(criteria: Omit<ForgetCriteria, 'at'>): boolean {
  const { session, projects, since, until } = criteria;
  const isTimed = since !== undefined || until !== undefined;
  return (session !== undefined || projects !== undefined) && !isTimed && !isByContent(criteria);
}
