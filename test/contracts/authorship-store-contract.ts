import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_RECENT_CHANGES } from '../../lib/authorship/state/authorship-store.ts';
import type { AuthorshipStore, RecentChange } from '../../lib/authorship/state/authorship-store.ts';
import { addVersion } from '../../lib/authorship/state/file-history.ts';
import type { FileHistory } from '../../lib/authorship/state/file-history.ts';

/** A store under test. `again` is what a later batch of events finds. */
export interface TestedStore {
  readonly store: AuthorshipStore;
  readonly again: () => AuthorshipStore;
}

/** What every store of authorship does: run it with one that is empty. */
export function authorshipStoreContract(name: string, make: () => TestedStore): void {
  describe(`${name} keeps authorship`, () => {
    let tested: TestedStore;
    beforeEach(() => (tested = make()));

    it('gives back the history of a file, as it was kept last', () => {
      const first = versions('one');
      const last = addVersion(first, version('two', 2));
      const { store, again } = tested;
      expect(store.history('/a')).toBeUndefined();
      store.keepHistory('/a', first);
      expect(store.history('/a')).toEqual(first);
      store.keepHistory('/a', last);
      store.keepHistory('/b', first);
      expect(again().history('/a')).toEqual(last);
      expect(again().history('/b')).toEqual(first);
      expect(again().history('/c')).toBeUndefined();
    });

    it('forgets a file', () => {
      const { store, again } = tested;
      store.keepHistory('/a', versions('one'));
      again().keepHistory('/a', undefined);
      expect(again().history('/a')).toBeUndefined();
    });

    it('finds a line again, where and by whom it was noted last', () => {
      const { store, again } = tested;
      store.keepHistory('/a', versions('one'));
      store.keepHistory('/b', versions('two', 2));
      store.noteLine('letone=1', { author: AUTHOR, path: '/a' });
      store.noteLine('lettwo=2', { author: null, path: '/a' });
      expect(store.line('letone=1')).toEqual({ author: AUTHOR, path: '/a' });
      again().noteLine('letone=1', { author: 'e-12', path: '/b' });
      expect(again().line('letone=1')).toEqual({ author: 'e-12', path: '/b' });
      expect(again().line('lettwo=2')).toEqual({ author: null, path: '/a' });
      expect(again().line('letthree=3')).toBeUndefined();
    });

    it('keeps the lines of a file whose history goes on', () => {
      const { store, again } = tested;
      store.keepHistory('/a', versions('one'));
      store.noteLine('letone=1', { author: AUTHOR, path: '/a' });
      again().keepHistory('/a', versions('two', 2));
      expect(again().line('letone=1')).toEqual({ author: AUTHOR, path: '/a' });
    });

    it('gives back the last changes, the newest first', () => {
      const { store, again } = tested;
      expect(store.recentChanges()).toEqual([]);
      const changes = Array.from({ length: MAX_RECENT_CHANGES + 3 }, (_, at) => change(at));
      for (const each of changes.slice(0, 20)) store.noteChange(each);
      expect(store.recentChanges()).toEqual(changes.slice(0, 20).toReversed());
      const later = again();
      for (const each of changes.slice(20)) later.noteChange(each);
      const expected = changes.slice(3).toReversed();
      expect(later.recentChanges()).toEqual(expected);
      expect(again().recentChanges()).toEqual(expected);
    });
  });
}

// --- internal ---

const AUTHOR = '0123456789abcdef0123456789abcdef-3';

function version(text: string, at: number): FileHistory['last'] {
  const pieces = [{ author: AUTHOR, replaced: [0, 1] }];
  return { lines: [text, ''], authors: [AUTHOR, null], at, event: 'e', pieces };
}

function versions(text: string, at = 1): FileHistory {
  return { last: version(text, at), past: [] };
}

function change(at: number): RecentChange {
  return {
    event: `e${at}`,
    path: `/${at}`,
    at,
    added: at % 2 === 0,
    isFirst: at % 3 === 0,
    continues: at % 4 === 0 ? '/old' : undefined,
    gone: { lines: ['  it went', '"'], authors: [AUTHOR, null] },
  };
}
