import type { NowData, SessionCard } from '../pages/now/query.ts';
import type { Need } from '../pages/now/needs.ts';

/** Whether the user wants notifications, and the browser allows them; undefined where there are none. */
export function isNotifying(): boolean | undefined {
  if (!('Notification' in window)) return undefined;
  return Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on';
}

/** Switches them, and asks the browser for leave if that is needed; resolves with whether they are on. */
export async function setNotifying(isWanted: boolean): Promise<boolean> {
  const isAllowed = isWanted && (await Notification.requestPermission()) === 'granted';
  localStorage.setItem(KEY, isAllowed ? 'on' : 'off');
  notifier.look();
  return isAllowed;
}

/** Tells the user, whatever page is shown, when a session begins to wait, has finished, or ends. */
class Notifier {
  #before: ReadonlyMap<string, Need> | undefined;
  #isDue = false;

  /** Something was recorded; the first time, it is noted how things stand, of which nobody is told. However often that happens, it is looked at once in two seconds. */
  look(): void {
    if (this.#isDue || !isNotifying()) return;
    this.#isDue = true;
    setTimeout(() => void this.#compare(), this.#before ? INTERVAL_MS : 0);
  }

  async #compare(): Promise<void> {
    this.#isDue = false;
    try {
      const answer = await fetch('/?format=json');
      const { sessions } = (await answer.json()) as NowData;
      for (const session of this.#before ? sessions : []) {
        if (this.#before?.get(session.id) !== session.need) notify(session);
      }
      this.#before = new Map(sessions.map(({ id, need }) => [id, need]));
    } catch {
      // The dashboard has ended; what happens meanwhile is told when it is back.
    }
  }
}

/** The one of this page. */
export const notifier = new Notifier();

// --- internal ---

const KEY = 'tracker-notifications';
const INTERVAL_MS = 2_000;

const TEXTS: Partial<Record<Need, string>> = {
  waiting: 'waits for you',
  failing: 'was ended by an error of the API',
  finished: 'has finished',
  ended: 'has ended',
};

function notify({ id, need, projectName, lastPrompt }: SessionCard): void {
  const text = TEXTS[need];
  if (text === undefined) return;
  const notification = new Notification(`${projectName ?? id.slice(0, 8)} ${text}`, {
    body: lastPrompt?.slice(0, 120) ?? '',
    tag: id, // a later one of the session takes its place
  });
  notification.addEventListener('click', () => {
    window.focus();
    window.location.assign(`/sessions/${encodeURIComponent(id)}`);
  });
}
