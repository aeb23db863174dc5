import type { PatternStore } from '../../lib/service/store/pattern-store.ts';
import type { TrackAnswer, TrackedEvent } from '../../lib/service/store/rows/tracked-event.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import type { StoredToken } from '../../lib/service/store/token-store.ts';

type Track = PatternStore['track'];

/** A store of which only `track` works, as the test says; it notes what it was given. */
export function stubStore(
  track: Track,
  kind: ServiceStore['kind'] = 'sqlite',
): ServiceStore & { readonly calls: (readonly TrackedEvent[])[] } {
  const calls: (readonly TrackedEvent[])[] = [];
  const tokens = new Map<string, StoredToken>();
  return {
    kind,
    calls,
    tenant: () =>
      ({
        track: (events) => {
          calls.push(events);
          return track(events);
        },
      }) as Partial<PatternStore> as PatternStore,
    tokens: {
      add: async (token) => void tokens.set(token.id, token),
      findAll: async (ids) => ids.flatMap((id) => tokens.get(id) ?? []),
      list: async () => [...tokens.values()],
      revoke: async (id, at) => {
        const token = tokens.get(id);
        if (token) tokens.set(id, { ...token, revokedAt: at });
        return token !== undefined;
      },
      noteUse: async () => {},
      removeExpired: async () => {},
    },
    audit: { add: async () => {}, list: async () => [], trim: async () => {} },
    retention: {
      list: async () => [],
      set: async () => {},
      claim: async () => undefined,
      renew: async () => false,
      release: async () => {},
    },
    health: async () => ({ isWell: true, detail: 'operational', pool: null }),
    close: async () => {},
  };
}

/** As if every event were new. */
export async function answerAll(events: readonly TrackedEvent[]): Promise<TrackAnswer[]> {
  return events.map(({ patternId, version }) => ({
    kind: 'created',
    node: { patternId, version, lineageId: patternId, generation: 1 },
    parents: [],
  }));
}

/** A promise that the test settles. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
