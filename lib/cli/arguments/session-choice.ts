import { TrackerError } from '../../base/errors.ts';
import { ago } from '../../base/time-text.ts';
import { outboxSessions } from '../../delivery/store/outbox-rows.ts';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';
import type { Database } from '../../store/database/database.ts';
import { lastSession, sessionsByPrefix } from '../../store/queries/sessions.ts';
import type { SessionCandidate } from '../../store/queries/sessions.ts';
import type { CliEnvironment } from '../environment.ts';
import { candidateOf, MAX_CANDIDATES } from './id-prefix.ts';

/** Which sessions can be meant. */
export interface SessionScope {
  /** Whether those of rows in the outbox can be, too. @default false */
  readonly inOutbox?: boolean;
  /** Whether those of `capture-test` can be. @default false */
  readonly withTests?: boolean | undefined;
  /** Only those of these projects. @default all */
  readonly projectIds?: readonly number[] | undefined;
}

/**
 * The whole id of the session that `--session` names; undefined when it is not given. With `inOutbox`, a text
 * that no session begins with stays as it is, because what a session has sent is no longer there.
 *
 * @throws TrackerError E_AMBIGUOUS_SESSION, or E_NO_SESSION when none begins with it
 */
export function chooseSession(
  database: Database,
  text: string | undefined,
  cli: Pick<CliEnvironment, 'now'>,
  scope: SessionScope = {},
): string | undefined {
  const id = text === undefined ? undefined : findSession(database, text, cli, scope);
  if (text === undefined || id !== undefined) return id;
  if (scope.inOutbox) return text;
  const where = scope.projectIds ? ' of that project' : '';
  throw new TrackerError('E_NO_SESSION', `no session${where} begins with "${text}"`, {
    hint: text.startsWith(TEST_SESSION_PREFIX)
      ? 'What `capture-test` recorded is shown with --all only.'
      : '`pattern-tracker sessions` lists what there is.',
  });
}

/**
 * The whole id of the session that an argument names: the first characters of its id, or `last`, also where nothing is
 * named, for the one with the last event in all projects or in some.
 *
 * @throws TrackerError E_AMBIGUOUS_SESSION, or E_NO_SESSION when no session matches
 */
export function namedSession(
  database: Database,
  text: string = LAST,
  cli: Pick<CliEnvironment, 'now'>,
  projectIds: readonly number[] | undefined,
): string {
  const named = text === LAST ? undefined : text;
  const id =
    named === undefined
      ? lastSession(database, projectIds)
      : chooseSession(database, named, cli, { withTests: true, projectIds });
  if (id !== undefined) return id;
  throw noSession();
}

/** What to say where no session is recorded. */
export function noSession(): TrackerError {
  return new TrackerError('E_NO_SESSION', 'no session is recorded', {
    hint: '`pattern-tracker status` says whether Claude Code is recorded.',
  });
}

/**
 * The whole id of the one session that begins with `text`; undefined when none does.
 *
 * @throws TrackerError E_AMBIGUOUS_SESSION
 */
export function findSession(
  database: Database,
  text: string,
  { now }: Pick<CliEnvironment, 'now'>,
  { inOutbox = false, withTests, projectIds }: SessionScope = {},
): string | undefined {
  const limit = MAX_CANDIDATES + 1;
  const recorded = sessionsByPrefix(database, text, { limit, withTests, projectIds });
  const ids = new Set(recorded.map(({ id }) => id));
  const waiting = inOutbox ? outboxSessions(database, text, limit) : [];
  const unknown = waiting
    .filter((id) => !ids.has(id))
    .map((id) => ({ id, projectName: null, lastEventAt: null }));
  const candidates: SessionCandidate[] = [...recorded, ...unknown];
  return candidateOf('session', text, candidates, ({ projectName, lastEventAt }) => [
    ...(projectName === null ? [] : [projectName]),
    ...(lastEventAt === null ? [] : [ago(lastEventAt, now())]),
  ])?.id;
}

// --- internal ---

/** What names the newest session. */
const LAST = 'last';
