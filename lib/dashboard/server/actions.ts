import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';

/** What an action answered. */
export interface ActionResult {
  readonly ok: boolean;
  /** What happened, in one or some lines. */
  readonly text: string;
}

/** What a person may have the dashboard do, by name. Only the program that starts it knows how. */
export type Actions = Readonly<
  Record<string, (options: Readonly<Record<string, string>>) => Promise<ActionResult>>
>;

/** The actions of a dashboard that was started with `--actions`. */
export interface ActionDesk {
  /** A page of this dashboard knows it; a form of another site does not. */
  readonly token: string;
  readonly actions: Actions;
}

/** Opens the desk with a new token. */
export function actionDesk(actions: Actions): ActionDesk {
  return { token: randomBytes(24).toString('base64url'), actions };
}

/** Does what a page asks for: `POST /actions/NAME` with the token in a header and options as JSON. */
export async function runAction(c: Context, desk: ActionDesk | undefined): Promise<Response> {
  if (!desk)
    return c.json({ ok: false, text: 'Start the dashboard with --actions for this.' }, 403);
  if (!isSame(c.req.header('x-action-token') ?? '', desk.token)) {
    return c.json({ ok: false, text: 'The page is of another dashboard. Load it again.' }, 403);
  }
  const name = c.req.param('name') ?? '';
  const action = Object.hasOwn(desk.actions, name) ? desk.actions[name] : undefined;
  if (!action) return c.json({ ok: false, text: 'There is no such action.' }, 404);
  const body: unknown = await c.req.json().catch(() => ({}));
  const options = Object.entries(typeof body === 'object' && body !== null ? body : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return c.json(await action(Object.fromEntries(options)));
}

// --- internal ---

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
