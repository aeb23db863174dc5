import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { ChangeWatch } from '../../../lib/dashboard/live/change-watch.ts';
import type { Live } from '../../../lib/dashboard/live/live-message.ts';
import { Sources } from '../../../lib/dashboard/server/sources.ts';
import { testInstallation } from '../../support/dashboard/test-installation.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';

let store: TestStore;
let watch: ChangeWatch;

beforeEach(() => {
  store = new TestStore();
  const paths = { ...trackerPaths(store.folder), database: `${store.folder}/tracker.db` };
  watch = new ChangeWatch(new Sources(testInstallation(paths)));
});

afterEach(() => {
  watch.close();
  store.remove();
});

describe('the watch for changes', () => {
  it('names the sessions of what is stored, to everybody who listens', async () => {
    const [one, other] = [listen(watch.newest()), listen(watch.newest())];
    store.take(hook.event('UserPromptSubmit', { session_id: 's1', prompt: 'one' }));
    store.take(hook.event('UserPromptSubmit', { session_id: 's2', prompt: 'two' }));
    await expect.poll(() => sessionsOf(one)).toEqual(['s1', 's2']);
    expect(sessionsOf(other)).toEqual(['s1', 's2']);
    expect(one.id).toBe(watch.newest());
  });

  it('tells whoever comes back what came meanwhile, and nothing to whoever knows all', () => {
    store.take(hook.event('UserPromptSubmit', { session_id: 's1', prompt: 'one' }));
    const known = watch.newest();
    store.take(hook.event('UserPromptSubmit', { session_id: 's2', prompt: 'two' }));
    expect(sessionsOf(listen(known))).toEqual(['s2']);
    expect(listen(watch.newest()).changes).toEqual([]);
  });

  it('tells whoever knows of an event that is not there to read all again', () => {
    store.take(hook.event('UserPromptSubmit', { session_id: 's1', prompt: 'one' }));
    expect(listen(1_000_000).changes).toEqual([{ sessions: null }]);
  });

  it('tells how things stand at once, and that they have changed', async () => {
    const told = listen(watch.newest());
    expect(told.states[0]?.waiting).toBe(0);
    store.arrive([
      {
        payload: hook.event('Notification', { notification_type: 'permission_prompt' }),
        at: Date.now(),
      },
    ]);
    await expect.poll(() => told.states.at(-1)?.waiting).toBe(1);
  });
});

interface Told {
  readonly changes: Live['change'][];
  readonly states: Live['state'][];
  id: number;
}

function listen(after: number): Told {
  const told: Told = { changes: [], states: [], id: 0 };
  watch.listen(
    {
      onChange: (change, id) => {
        told.changes.push(change);
        told.id = id;
      },
      onState: (state) => told.states.push(state),
      onEnd: () => {},
    },
    after,
  );
  return told;
}

function sessionsOf({ changes }: Told): string[] {
  return [...new Set(changes.flatMap(({ sessions }) => sessions ?? []))].toSorted();
}
