import { acceptedContract } from './accepted-contract.ts';
import { accountingContract } from './accounting-contract.ts';
import { forgettingContract } from './forgetting-contract.ts';
import { trackedEvent } from './tracked-event.ts';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_TENANT } from '../../lib/service/store/tenants.ts';
import type { LikenessQuery } from '../../lib/service/store/rows/pattern-likeness.ts';
import type { PatternStore } from '../../lib/service/store/pattern-store.ts';
import type { Feedback } from '../../lib/service/store/rows/pattern-activity.ts';
import type { TrackAnswer } from '../../lib/service/store/rows/tracked-event.ts';
import type { StoredPattern } from '../../lib/service/store/rows/stored-pattern.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import type { StoredToken } from '../../lib/service/store/token-store.ts';

/** A store under test. */
export interface StoreUnderTest {
  /** Opens an empty store. */
  readonly open: () => Promise<ServiceStore>;
  /** Opens the same data again, as another process would; the first store stays open. */
  readonly openAgain: (store: ServiceStore) => Promise<ServiceStore>;
  /** Called after each test, once its stores are closed. */
  readonly dispose?: () => Promise<void>;
}

const NOW = Date.parse('2026-03-04T05:06:07.890Z');
const LIMITS = { depth: 20, rows: 1000 };

/** Tests what every implementation of `ServiceStore` has to do. */
export function patternStoreContract(
  name: string,
  { open, openAgain, dispose }: StoreUnderTest,
): void {
  describe(name, () => {
    let service: ServiceStore;
    let store: PatternStore;

    beforeEach(async () => {
      service = await open();
      store = service.tenant(DEFAULT_TENANT);
      return () => service.close();
    });
    afterAll(async () => dispose?.());

    const one = async (event: Parameters<typeof trackedEvent>[0]): Promise<TrackAnswer> => {
      const [answer] = await store.track([trackedEvent(event)]);
      return answer as TrackAnswer;
    };
    const modified = (patternId: string, parentId: string, at: number) =>
      trackedEvent({ eventType: 'pattern_modified', patternId, parentIds: [parentId], at });

    acceptedContract(() => store);
    forgettingContract(() => store);
    accountingContract(() => service, openAgain);

    test('knows the repositories that events tell of, each folder once', async () => {
      const of = (name: string | number, root: string) => ({
        extra: { repository: { name, root } },
      });
      await one({ patternId: 'a', ...of('shop', '/home/ann/shop') });
      await one({ patternId: 'b', ...of('shop', '/home/ann/shop') });
      await one({ patternId: 'c', ...of('shop', 'C:\\shop') });
      await one({ patternId: 'd', ...of(7, '/home/ann/seven') });
      await one({ patternId: 'e', extra: { repository: 'shop' } });
      expect(await store.repositories()).toEqual([
        { name: 'shop', root: '/home/ann/shop' },
        { name: 'shop', root: 'C:\\shop' },
      ]);
      expect(await service.tenant('another').repositories()).toEqual([]);
    });

    describe('tracking', () => {
      test('makes a pattern of a creation', async () => {
        const answer = await one({ patternId: 'a', toolUseId: 't-1' });
        expect(answer).toMatchObject({
          kind: 'created',
          node: { patternId: 'a', version: '1.0.0', generation: 1, lineageId: 'a' },
          parents: [],
        });
        expect(await store.pattern('a')).toMatchObject({
          id: 'a',
          name: 'queue.ts',
          patternType: 'code',
          version: '1.0.0',
          language: 'typescript',
          lines: 1,
          origin: 'created',
          generation: 1,
          lineageId: 'a',
          occurrences: 1,
          firstSeenAt: NOW,
          lastSeenAt: NOW,
          isDeprecated: false,
          filePath: '/w/app/queue.ts',
          sessionId: 's-1',
          code: 'export const a = 1;\n',
          recent: [
            {
              action: 'created',
              sessionId: 's-1',
              toolUseId: 't-1',
              toolName: 'Write',
              startLine: 1,
              at: NOW,
            },
          ],
        });
      });

      test('makes a child of a modification, one generation on', async () => {
        await one({ patternId: 'a' });
        await one({ patternId: 'b', eventType: 'pattern_modified', parentIds: ['a'], at: NOW + 1 });
        const answer = await one({
          patternId: 'c',
          eventType: 'pattern_modified',
          parentIds: ['b', 'not-looked-at'],
          transformationType: 'bugfix',
          at: NOW + 2,
        });
        expect(answer).toMatchObject({
          kind: 'created',
          node: { generation: 3, lineageId: 'a' },
          parents: [{ patternId: 'b', generation: 2 }],
        });
        expect(await store.pattern('c')).toMatchObject({
          origin: 'modified',
          generation: 3,
          lineageId: 'a',
        });
      });

      test('gives a merge the lineage of its first parent and a generation above all', async () => {
        await store.track([
          trackedEvent({ patternId: 'a' }),
          trackedEvent({ patternId: 'b' }),
          modified('b2', 'b', NOW + 1),
        ]);
        const answer = await one({
          patternId: 'm',
          eventType: 'pattern_merged',
          parentIds: ['a', 'b2'],
          at: NOW + 2,
        });
        expect(answer).toMatchObject({ kind: 'created', node: { generation: 3, lineageId: 'a' } });
        const up = await store.relatives('m', 'ancestry', LIMITS);
        expect(
          up?.relatives.map(({ patternId, edgeType, depth }) => [patternId, edgeType, depth]),
        ).toEqual([
          ['a', 'merged_from', 1],
          ['b2', 'merged_from', 1],
          ['b', 'modified_from', 2],
        ]);
      });

      test.each(['pattern_modified', 'pattern_forked', 'pattern_merged'] as const)(
        'refuses a %s whose parent is not known, and takes it once it is',
        async (eventType) => {
          await one({ patternId: 'there' });
          const event = { eventType, patternId: 'child', parentIds: ['gone', 'there'] };
          expect(await one(event)).toEqual({
            kind: 'refused',
            message: 'Validation error: Parent pattern not found: gone',
          });
          expect(await store.pattern('child')).toBeUndefined();
          await one({ patternId: 'gone' });
          expect(await one(event)).toMatchObject({ kind: 'created' });
        },
      );

      test.each(['pattern_applied', 'pattern_deprecated'] as const)(
        'refuses a %s of nothing',
        async (eventType) => {
          expect(await one({ eventType, patternId: 'gone' })).toEqual({
            kind: 'refused',
            message: 'Validation error: Pattern not found: gone',
          });
        },
      );

      test('refuses one event of a batch and applies the others', async () => {
        const answers = await store.track([
          trackedEvent({ patternId: 'a' }),
          modified('x', 'gone', NOW + 1),
          modified('b', 'a', NOW + 2),
        ]);
        expect(answers.map(({ kind }) => kind)).toEqual(['created', 'refused', 'created']);
      });

      test('are told from those of another request with the same Idempotency-Key', async () => {
        const keyed = (eventId: string, patternId: string, request: string) =>
          trackedEvent({ eventId, patternId, request });
        const kinds = async (...events: ReturnType<typeof trackedEvent>[]) =>
          (await store.track(events)).map(({ kind }) => kind);
        expect(await kinds(keyed('k-0', 'a', 'r1'), keyed('k-1', 'b', 'r1'))).toEqual([
          'created',
          'created',
        ]);
        expect(await kinds(keyed('k-0', 'a', 'r1'), keyed('k-1', 'b', 'r1'))).toEqual([
          'duplicate',
          'duplicate',
        ]);
        // Also the first event of a request is not applied if only a later one has a key that is taken.
        expect(await kinds(keyed('j-0', 'c', 'r2'), keyed('k-1', 'd', 'r2'))).toEqual([
          'conflict',
          'conflict',
        ]);
        expect(await store.pattern('c')).toBeUndefined();
        expect(await kinds(trackedEvent({ eventId: 'k-0', patternId: 'e' }))).toEqual([
          'duplicate',
        ]);
      });

      test('applies an event once, in one batch, in the next, and in another process', async () => {
        const event = trackedEvent({ patternId: 'a', eventId: 'e-1' });
        const answers = await store.track([event, event]);
        expect(answers.map(({ kind }) => kind)).toEqual(['created', 'duplicate']);
        expect(await store.track([event])).toMatchObject([
          { kind: 'duplicate', node: { patternId: 'a' } },
        ]);
        const other = await openAgain(service);
        expect(await other.tenant(DEFAULT_TENANT).track([event])).toMatchObject([
          { kind: 'duplicate' },
        ]);
        await other.close();
        expect(await store.pattern('a')).toMatchObject({ occurrences: 1 });
      });

      test('tells events apart whose ids differ only by an ordinal', async () => {
        const answers = await store.track([
          trackedEvent({ patternId: 'a', eventId: 'e' }),
          trackedEvent({ patternId: 'a', eventId: 'e-0', at: NOW + 1 }),
          trackedEvent({ patternId: 'a', eventId: 'e-1', at: NOW + 2 }),
        ]);
        expect(answers.map(({ kind }) => kind)).toEqual(['created', 'exists', 'exists']);
        expect((await store.pattern('a'))?.occurrences).toBe(3);
      });

      test('counts an application that names no place', async () => {
        await one({ patternId: 'a' });
        await one({
          patternId: 'a',
          eventType: 'pattern_applied',
          sessionId: null,
          filePath: null,
          at: NOW + 1,
        });
        expect(await store.pattern('a')).toMatchObject({ occurrences: 2 });
      });

      test('keeps the code and the parents of a further version', async () => {
        await store.track([trackedEvent({ patternId: 'a' }), trackedEvent({ patternId: 'b' })]);
        await one({
          patternId: 'a',
          version: '2.0.0',
          eventType: 'pattern_modified',
          parentIds: ['b'],
          code: 'second();',
          at: NOW + 1,
        });
        expect((await store.pattern('a'))?.furtherVersions).toEqual([
          {
            version: '2.0.0',
            generation: 2,
            name: 'queue.ts',
            code: 'second();',
            createdAt: NOW + 1,
          },
        ]);
        const up = await store.relatives('a', 'ancestry', LIMITS);
        expect(up?.relatives.map(({ patternId }) => patternId)).toEqual(['b']);
        // It is no claim of the origin, so it stays, and does not count, when the origin moves.
        await one({ patternId: 'a', at: NOW - 1 });
        const after = await store.relatives('a', 'ancestry', LIMITS);
        expect(after?.relatives.map(({ patternId }) => patternId)).toEqual(['b']);
        await one({ patternId: 'b', at: NOW - 1 });
        expect(await store.pattern('a')).toMatchObject({ generation: 1, lineageId: 'a' });
      });

      test('walks no circle when versions come from each other', async () => {
        await store.track([
          trackedEvent({ patternId: 'a' }),
          modified('b', 'a', NOW + 1),
          trackedEvent({
            patternId: 'a',
            version: '2.0.0',
            eventType: 'pattern_modified',
            parentIds: ['b'],
            at: NOW + 2,
          }),
        ]);
        const ids = async (direction: 'ancestry' | 'descendants') =>
          (await store.relatives('a', direction, LIMITS))?.relatives.map(
            ({ patternId }) => patternId,
          );
        expect(await ids('ancestry')).toEqual(['b']);
        expect(await ids('descendants')).toEqual(['b']);
        expect((await store.evolution('a', LIMITS))?.nodes).toHaveLength(3);
        expect(await store.integrity(undefined)).toMatchObject({ wrongGenerations: [] });
      });

      test('counts a use, and a creation of what is there', async () => {
        await one({ patternId: 'a' });
        expect(
          await one({
            patternId: 'a',
            eventType: 'pattern_applied',
            at: NOW + 10,
            filePath: '/w/b.ts',
          }),
        ).toMatchObject({
          kind: 'noted',
        });
        expect(await one({ patternId: 'a', at: NOW + 20, filePath: '/w/c.ts' })).toMatchObject({
          kind: 'exists',
        });
        const pattern = await store.pattern('a');
        expect(pattern).toMatchObject({
          occurrences: 3,
          lastSeenAt: NOW + 20,
          filePath: '/w/c.ts',
        });
        expect(pattern?.recent.map(({ action }) => action)).toEqual([
          'applied',
          'applied',
          'created',
        ]);
      });

      test('takes what names neither a session nor a file as no use', async () => {
        await one({ patternId: 'a', sessionId: null, filePath: null });
        expect(await store.pattern('a')).toMatchObject({
          occurrences: 0,
          recent: [],
          filePath: null,
        });
      });

      test('keeps the time it was first seen, in whatever order events come', async () => {
        await one({ patternId: 'a', at: NOW });
        await one({ patternId: 'a', eventType: 'pattern_applied', at: NOW - 1000 });
        expect(await store.pattern('a')).toMatchObject({
          firstSeenAt: NOW - 1000,
          lastSeenAt: NOW,
        });
        await one({ patternId: 'a', sessionId: null, filePath: null, at: NOW - 2000 });
        expect(await store.pattern('a')).toMatchObject({ firstSeenAt: NOW - 2000 });
      });

      test('knows the first time of a pattern that is used earlier in the batch that brings it', async () => {
        await store.track([
          trackedEvent({ patternId: 'a', at: NOW }),
          trackedEvent({ patternId: 'a', eventType: 'pattern_applied', at: NOW - 1000 }),
        ]);
        expect(await store.pattern('a')).toMatchObject({
          firstSeenAt: NOW - 1000,
          lastSeenAt: NOW,
        });
      });

      test.each(['the origin', 'the version'])(
        "draws the origin's edge where a further version names the same parent, and %s comes first",
        async (first) => {
          const origin = { ...modified('b', 'a', NOW + 1), transformationType: 'bugfix' } as const;
          const version = trackedEvent({
            patternId: 'b',
            version: '2.0.0',
            eventType: 'pattern_forked',
            parentIds: ['a'],
            edgeType: 'inspired_by',
            at: NOW + 2,
          });
          await one({ patternId: 'a' });
          if (first === 'the origin') {
            await store.track([origin]);
            await store.track([version]);
          } else {
            await one({ patternId: 'b', at: NOW + 3 });
            await store.track([version]);
            await store.track([origin]);
          }
          const up = await store.relatives('b', 'ancestry', LIMITS);
          expect(up?.relatives).toMatchObject([
            { patternId: 'a', edgeType: 'modified_from', transformationType: 'bugfix' },
          ]);
          expect(await store.pattern('b')).toMatchObject({ generation: 2, lineageId: 'a' });
        },
      );

      test('answers by what earlier events of the batch have changed', async () => {
        await store.track([trackedEvent({ patternId: 'z' })]);
        await store.track([
          trackedEvent({ patternId: 'a', at: NOW + 20 }),
          modified('b', 'a', NOW + 30),
        ]);
        const answers = await store.track([
          modified('a', 'z', NOW + 10),
          modified('c', 'b', NOW + 40),
          { ...modified('b', 'a', NOW + 50), eventType: 'pattern_applied' },
        ]);
        expect(answers).toMatchObject([
          { kind: 'exists' },
          { kind: 'created', node: { generation: 4, lineageId: 'z' } },
          { kind: 'noted', node: { patternId: 'b', generation: 3, lineageId: 'z' } },
        ]);
      });

      test('takes no further version for the origin, however early it is told again', async () => {
        await one({ patternId: 'z', at: NOW - 100 });
        await one({ patternId: 'a' });
        await one({ patternId: 'a', version: '1.1.0', at: NOW + 1 });
        const again = { ...modified('a', 'z', NOW - 5), version: '1.1.0' };
        expect(await store.track([again])).toMatchObject([{ kind: 'exists' }]);
        expect(await store.pattern('a')).toMatchObject({
          origin: 'created',
          generation: 1,
          lineageId: 'a',
        });
      });

      test('counts lineages, edges and languages as origins move', async () => {
        const counted = async () => {
          const { patterns, lineages, edges, languages } = await store.stats();
          return { patterns, lineages, edges, languages };
        };
        const typescript = (patterns: number) => ({ language: 'typescript', patterns });
        await one({ patternId: 'z' });
        await one({ patternId: 'a', at: NOW + 20, language: 'python', name: 'a.py' });
        await store.track([modified('b', 'a', NOW + 30)]);
        expect(await counted()).toEqual({
          patterns: 3,
          lineages: 2,
          edges: 1,
          languages: [typescript(2), { language: 'python', patterns: 1 }],
        });
        await store.track([modified('a', 'z', NOW + 10)]);
        expect(await counted()).toEqual({
          patterns: 3,
          lineages: 1,
          edges: 2,
          languages: [typescript(3)],
        });
        await one({ patternId: 'b', at: NOW + 5 });
        expect(await counted()).toMatchObject({ patterns: 3, lineages: 2, edges: 1 });
        expect(await store.pattern('a')).toMatchObject({
          name: 'queue.ts',
          language: 'typescript',
        });
      });

      test('keeps a further version beside the first', async () => {
        await one({ patternId: 'a' });
        const answer = await one({
          patternId: 'a',
          version: '1.1.0',
          eventType: 'pattern_modified',
          parentIds: ['a'],
          at: NOW + 1,
        });
        expect(answer).toMatchObject({
          kind: 'created',
          node: { version: '1.1.0', generation: 2, lineageId: 'a' },
        });
        expect(await one({ patternId: 'a', version: '1.1.0', at: NOW + 2 })).toMatchObject({
          kind: 'exists',
          node: { version: '1.1.0' },
        });
        const evolution = await store.evolution('a', LIMITS);
        expect(evolution?.nodes.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
        expect(evolution?.edges).toMatchObject([
          { source: { version: '1.0.0' }, target: { version: '1.1.0' }, edgeType: 'modified_from' },
        ]);
      });

      test('notes a deprecation', async () => {
        await one({ patternId: 'a' });
        expect(
          await one({ patternId: 'a', eventType: 'pattern_deprecated', reason: 'old' }),
        ).toMatchObject({ kind: 'noted' });
        expect(await store.pattern('a')).toMatchObject({ isDeprecated: true, occurrences: 1 });
      });

      test('keeps a word that is cut in the middle of a character', async () => {
        const code = `a${'\u{20000}'.repeat(150)}`;
        expect(await one({ patternId: 'a', code })).toMatchObject({ kind: 'created' });
        expect((await store.pattern('a'))?.code).toBe(code);
      });

      test('keeps odd text: NUL, lone surrogates, quotes, other scripts, and what is long', async () => {
        const code = `'";--\u{1F600} \u0000 \\u0000 ${'ü'.repeat(70_000)}`;
        await one({
          patternId: 'a',
          code,
          name: "o'brien.ts",
          extra: { 'a"b': { nul: 'x\u0000y' } },
        });
        const pattern = await store.pattern('a');
        expect(pattern?.name).toBe("o'brien.ts");
        // A store that can keep neither shows U+2400 and U+FFFD in their place.
        const odd = ['\u0000', '\u2400', '\ufffd'];
        const plain = (text: string | undefined) =>
          odd.reduce((rest, character) => rest?.replaceAll(character, ''), text);
        expect(plain(pattern?.code)).toBe(plain(code));
      });

      test('applies nothing of no events', async () => {
        expect(await store.track([])).toEqual([]);
      });

      test('answers a thousand events in their order', async () => {
        const events = Array.from({ length: 1000 }, (_, n) =>
          n === 0 ? trackedEvent({ patternId: 'p0' }) : modified(`p${n}`, `p${n - 1}`, NOW + n),
        );
        const answers = await store.track(events);
        expect(
          answers.map((answer) => answer.kind === 'created' && answer.node.generation),
        ).toEqual(events.map((_, n) => n + 1));
      });
    });

    describe('asking', () => {
      beforeEach(async () => {
        await store.track([
          trackedEvent({
            patternId: 'root',
            code: 'function alpha() { return beta_gamma; }',
            language: 'python',
          }),
          modified('left', 'root', NOW + 1),
          modified('right', 'root', NOW + 2),
          modified('leaf', 'left', NOW + 3),
          trackedEvent({ patternId: 'lone', at: NOW + 4, sessionId: 's-2', patternType: 'config' }),
        ]);
      });

      test('lists the newest first, page by page, however they are used meanwhile', async () => {
        const page = async (order: 'first_seen' | 'last_seen', before?: StoredPattern) => {
          const at = order === 'first_seen' ? before?.firstSeenAt : before?.lastSeenAt;
          const place = before && { at: at ?? 0, id: before.id };
          return store.patterns({ limit: 2, order, before: place });
        };
        const ids = (patterns: readonly StoredPattern[]) => patterns.map(({ id }) => id);
        const first = await page('first_seen');
        expect(ids(first)).toEqual(['lone', 'leaf']);
        await store.track([
          trackedEvent({ patternId: 'left', eventType: 'pattern_applied', at: NOW + 9 }),
        ]);
        const second = await page('first_seen', first[1]);
        expect(ids(second)).toEqual(['right', 'left']);
        expect(ids(await page('first_seen', second[1]))).toEqual(['root']);
        const used = await page('last_seen');
        expect(ids(used)).toEqual(['left', 'lone']);
        expect(ids(await page('last_seen', used[1]))).toEqual(['leaf', 'right']);
      });

      test('lists by language, type and session', async () => {
        const ids = async (filter: object) =>
          (await store.patterns({ limit: 9, order: 'first_seen', ...filter })).map(({ id }) => id);
        expect(await ids({ language: 'python' })).toEqual(['root']);
        expect(await ids({ patternType: 'config' })).toEqual(['lone']);
        expect(await ids({ sessionId: 's-2' })).toEqual(['lone']);
        expect(await ids({ sessionId: 'none' })).toEqual([]);
      });

      test('finds words, and where there are none, parts of words', async () => {
        const ids = async (...words: string[]) =>
          (await store.search({ words, limit: 9 })).map(({ id }) => id);
        expect(await ids('alpha')).toEqual(['root']);
        expect(await ids('alpha', 'beta_gam')).toEqual(['root']);
        expect(await ids('alpha', 'export')).toEqual([]);
        expect(await ids('export')).toEqual(['lone', 'leaf', 'right', 'left']);
        expect(await ids('a_gam')).toEqual(['root']);
        expect(await ids('ALPHA', 'Beta_')).toEqual(['root']);
        expect(await ids('queue')).toHaveLength(5);
        expect((await store.search({ words: ['alpha'], limit: 1 }))[0]?.head).toContain(
          'function alpha',
        );
      });

      test.each([
        ['"'],
        ["'"],
        ['*'],
        ['AND'],
        ['a OR b'],
        ['(x'],
        ['name:x'],
        ['\\'],
        [':*'],
        ['!'],
        ['a & b'],
        ['\u0000'],
      ])('takes %j for a word and not for an operator', async (word) => {
        expect(Array.isArray(await store.search({ words: [word], limit: 9 }))).toBe(true);
      });

      test('finds similar code, the most similar first, in the patterns of its tenant only', async () => {
        const sum = (name: string, value: string) =>
          `export function ${name}(${value}s) {\n  let total = 0;\n  for (const ${value} of ${value}s) total += ${value};\n  return total;\n}\n`;
        const at = NOW + 9;
        await store.track([
          trackedEvent({ patternId: 'renamed', code: sum('costs', 'price'), at }),
          trackedEvent({ patternId: 'same', code: `// sums\n${sum('sum', 'value')}`, at }),
        ]);
        const query: LikenessQuery = {
          code: sum('sum', 'value'),
          language: 'typescript',
          except: undefined,
          least: 0.5,
          limit: 9,
        };
        const found = await store.similar(query);
        expect(found).toMatchObject([
          { id: 'same', score: 1 },
          { id: 'renamed', language: 'typescript' },
        ]);
        expect(found[1]?.head).toContain('price');
        const ids = async (other: Partial<LikenessQuery>) =>
          (await store.similar({ ...query, ...other })).map(({ id }) => id);
        expect(await ids({ limit: 1 })).toEqual(['same']);
        expect(await ids({ least: 0.99 })).toEqual(['same']);
        expect(await store.similar({ ...query, except: 'same' })).toMatchObject([
          { id: 'renamed' },
        ]);
        expect(await ids({ code: '}' })).toEqual([]);
      });

      test('narrows a search by language, type and time', async () => {
        const found = async (filter: object) =>
          (await store.search({ words: ['queue'], limit: 9, ...filter })).map(({ id }) => id);
        expect(await found({ language: 'python' })).toEqual(['root']);
        expect(await found({ patternTypes: ['config', 'other'] })).toEqual(['lone']);
        expect(await found({ since: NOW + 3 })).toEqual(['lone', 'leaf']);
      });

      test('walks up and down, all the way', async () => {
        const up = await store.relatives('leaf', 'ancestry', LIMITS);
        expect(up?.node).toMatchObject({
          patternId: 'leaf',
          generation: 3,
          lineageId: 'root',
          createdAt: NOW + 3,
        });
        expect(up?.relatives.map(({ patternId, depth }) => [patternId, depth])).toEqual([
          ['left', 1],
          ['root', 2],
        ]);
        const down = await store.relatives('root', 'descendants', LIMITS);
        expect(down?.relatives).toMatchObject([
          {
            patternId: 'left',
            depth: 1,
            generation: 2,
            edgeType: 'modified_from',
            transformationType: 'refactor',
          },
          { patternId: 'right', depth: 1 },
          { patternId: 'leaf', depth: 2 },
        ]);
        expect(down?.isCut).toBe(false);
      });

      test('says when it stops at a limit', async () => {
        const shallow = await store.relatives('root', 'descendants', { depth: 1, rows: 1000 });
        expect(shallow).toMatchObject({ isCut: true });
        expect(shallow?.relatives.map(({ patternId }) => patternId)).toEqual(['left', 'right']);
        const short = await store.relatives('root', 'descendants', { depth: 20, rows: 1 });
        expect(short).toMatchObject({ isCut: true });
        expect(short?.relatives).toHaveLength(1);
      });

      test('tells the evolution of all that hangs together', async () => {
        const evolution = await store.evolution('left', LIMITS);
        expect(evolution?.nodes.map(({ patternId }) => patternId)).toEqual([
          'root',
          'left',
          'leaf',
        ]);
        expect(
          evolution?.edges.map(({ source, target }) => [source.patternId, target.patternId]),
        ).toEqual(
          expect.arrayContaining([
            ['root', 'left'],
            ['left', 'leaf'],
          ]),
        );
      });

      test('knows nothing of what is not there', async () => {
        expect(await store.pattern('none')).toBeUndefined();
        expect(await store.relatives('none', 'ancestry', LIMITS)).toBeUndefined();
        expect(await store.evolution('none', LIMITS)).toBeUndefined();
        expect(await store.activity('none', 0, NOW)).toBeUndefined();
      });

      test('counts', async () => {
        await one({
          patternId: 'root',
          eventType: 'pattern_applied',
          toolUseId: 't-9',
          at: NOW + 9,
        });
        expect(await store.stats()).toEqual({
          patterns: 5,
          lineages: 2,
          occurrences: 6,
          edges: 3,
          sessions: 2,
          toolCalls: 1,
          languages: [
            { language: 'typescript', patterns: 4 },
            { language: 'python', patterns: 1 },
          ],
          lastSeenAt: NOW + 9,
        });
      });

      test('finds nothing wrong with what it wrote', async () => {
        expect(await store.integrity(undefined)).toEqual({
          brokenEdges: [],
          orphans: [],
          wrongGenerations: [],
          patternsChecked: 5,
          edgesChecked: 3,
        });
        expect(await store.integrity('leaf')).toMatchObject({
          patternsChecked: 1,
          edgesChecked: 1,
        });
        expect(await store.integrity('none')).toMatchObject({
          patternsChecked: 0,
          edgesChecked: 0,
        });
      });
    });

    describe('what was done with a pattern', () => {
      test('are its uses in a time, with the duration of their tool calls', async () => {
        await store.track([
          trackedEvent({
            patternId: 'a',
            toolUseId: 't-1',
            durationMs: 12,
            eventId: 'x-0',
            extra: { machine: 'm-1' },
          }),
          trackedEvent({
            patternId: 'a',
            eventType: 'pattern_applied',
            at: NOW + 100,
            sessionId: 's-2',
          }),
          trackedEvent({ patternId: 'a', eventType: 'pattern_applied', at: NOW + 200 }),
        ]);
        const activity = await store.activity('a', NOW, NOW + 200);
        expect(activity).toMatchObject({
          pattern: { id: 'a', occurrences: 3 },
          feedback: [],
          isCut: false,
        });
        expect(activity?.uses).toEqual([
          {
            at: NOW + 100,
            sessionId: 's-2',
            filePath: '/w/app/queue.ts',
            machine: null,
            durationMs: null,
          },
          {
            at: NOW,
            sessionId: 's-1',
            filePath: '/w/app/queue.ts',
            machine: 'm-1',
            durationMs: 12,
          },
        ]);
      });

      test('is told of by feedback', async () => {
        await store.track([trackedEvent({ patternId: 'a' }), trackedEvent({ patternId: 'b' })]);
        const feedback: Feedback = {
          id: 'f-1',
          patternId: 'a',
          feedbackType: 'quality',
          isSuccess: false,
          rating: 0.25,
          executionTimeMs: 3.5,
          sessionId: null,
          comment: 'slow',
          at: NOW,
          extra: { who: ['me'] },
        };
        expect(await store.recordFeedback(feedback)).toBe(true);
        expect(await store.recordFeedback({ ...feedback, at: NOW + 9 })).toBe(true); // sent again
        expect(await store.recordFeedback({ ...feedback, rating: 0.5 })).toBe(false);
        await store.recordFeedback({ ...feedback, patternId: 'b' }); // an id counts within its pattern only
        expect((await store.activity('a', NOW, NOW + 1))?.feedback).toEqual([feedback]);
        expect((await store.activity('a', NOW + 1, NOW + 2))?.feedback).toEqual([]);
        expect((await store.activity('b', NOW, NOW + 1))?.feedback).toHaveLength(1);
      });

      test('are improvements, each applied once', async () => {
        const applied = { improvementId: 'i-1', patternId: 'a', isForced: true, at: NOW };
        await store.applyImprovements([applied, { ...applied, at: NOW + 5 }]);
        expect(await store.appliedImprovements('a')).toEqual([applied]);
        expect(await store.appliedImprovements('b')).toEqual([]);
      });
    });

    describe('executions', () => {
      beforeEach(async () => {
        await store.track([
          trackedEvent({ patternId: 'a', toolUseId: 't-1', durationMs: 10, agentName: 'reviewer' }),
          trackedEvent({
            patternId: 'b',
            toolUseId: 't-2',
            durationMs: 30,
            at: NOW + 1,
            agentName: 'reviewer',
          }),
          trackedEvent({
            patternId: 'c',
            toolUseId: 't-3',
            toolName: 'Edit',
            at: NOW + 2,
            sessionId: 's-2',
          }),
        ]);
      });

      test('are the tool calls, newest first', async () => {
        const executions = await store.executions({ limit: 2 });
        expect(executions).toMatchObject([
          {
            toolUseId: 't-3',
            sessionId: 's-2',
            toolName: 'Edit',
            agentName: null,
            outcome: 'ok',
            durationMs: null,
          },
          {
            toolUseId: 't-2',
            agentName: 'reviewer',
            durationMs: 30,
            summary: '/w/app/queue.ts',
            at: NOW + 1,
          },
        ]);
      });

      test('are found by session and by correlation', async () => {
        const ids = async (filter: object) =>
          (await store.executions({ limit: 9, ...filter })).map(({ toolUseId }) => toolUseId);
        expect(await ids({ sessionId: 's-1' })).toEqual(['t-2', 't-1']);
        expect(await ids({ correlationId: 's-2' })).toEqual(['t-3']);
        expect(await ids({ correlationId: 't-1' })).toEqual(['t-1']);
        expect(await ids({ sessionId: 's-2', correlationId: 't-1' })).toEqual([]);
      });

      test('are summed by agent and tool', async () => {
        expect(await store.executionSummary(undefined)).toEqual([
          {
            agentName: 'reviewer',
            toolName: 'Write',
            executions: 2,
            failed: 0,
            averageDurationMs: 20,
            maxDurationMs: 30,
            lastAt: NOW + 1,
          },
          {
            agentName: null,
            toolName: 'Edit',
            executions: 1,
            failed: 0,
            averageDurationMs: null,
            maxDurationMs: null,
            lastAt: NOW + 2,
          },
        ]);
        expect(await store.executionSummary('nobody')).toEqual([]);
      });
    });

    describe('tenants', () => {
      test('never see what is another one’s', async () => {
        const other = service.tenant('team-b');
        const event = trackedEvent({ patternId: 'a', eventId: 'same', toolUseId: 't-1' });
        await store.track([event]);
        expect(await other.pattern('a')).toBeUndefined();
        expect(await other.patterns({ limit: 9, order: 'first_seen' })).toEqual([]);
        expect(await other.search({ words: ['export'], limit: 9 })).toEqual([]);
        expect(await other.stats()).toMatchObject({ patterns: 0, occurrences: 0, languages: [] });
        expect(await other.executions({ limit: 9 })).toEqual([]);
        expect(await other.executionSummary(undefined)).toEqual([]);
        expect(await other.relatives('a', 'ancestry', LIMITS)).toBeUndefined();
        expect(await other.integrity(undefined)).toMatchObject({ patternsChecked: 0 });
        expect(await other.track([modified('b', 'a', NOW)])).toMatchObject([{ kind: 'refused' }]);
        expect(await other.track([{ ...event, code: 'theirs' }])).toMatchObject([
          { kind: 'created' },
        ]);
        expect(await store.pattern('a')).toMatchObject({
          code: 'export const a = 1;\n',
          occurrences: 1,
        });
        expect(await other.pattern('a')).toMatchObject({ code: 'theirs', occurrences: 1 });
      });

      test.each(['', '..', 'a/b', 'A', 'x'.repeat(64), '-a'])('are not called %j', (tenant) => {
        expect(() => service.tenant(tenant)).toThrow(expect.objectContaining({ code: 'E_TENANT' }));
      });
    });

    describe('tokens', () => {
      const token: StoredToken = {
        id: 'k1',
        name: 'laptop',
        tenant: 'team-b',
        scopes: ['read', 'write'],
        digest: 'd'.repeat(64),
        createdAt: NOW,
        expiresAt: NOW + 5,
        revokedAt: null,
        lastUsedAt: null,
      };

      test('are kept, found, listed and used', async () => {
        expect(await service.tokens.list()).toEqual([]);
        await service.tokens.add(token);
        await service.tokens.noteUse('k1', NOW + 1);
        const used = { ...token, lastUsedAt: NOW + 1 };
        expect(await service.tokens.findAll(['k2', 'k1'])).toEqual([used]);
        expect(await service.tokens.findAll(['k2'])).toEqual([]);
        expect(await service.tokens.list()).toEqual([used]);
      });

      test('stay revoked at the time they were', async () => {
        await service.tokens.add(token);
        expect(await service.tokens.revoke('k1', NOW + 7)).toBe(true);
        expect(await service.tokens.revoke('k1', NOW + 9)).toBe(true);
        expect(await service.tokens.findAll(['k1'])).toMatchObject([{ revokedAt: NOW + 7 }]);
        expect(await service.tokens.revoke('k2', NOW)).toBe(false);
      });

      test('are removed by name once they have expired, and no others', async () => {
        const others = [
          { id: 'k2', expiresAt: NOW + 50 },
          { id: 'k3', expiresAt: null },
          { id: 'k4', name: 'desktop' },
          { id: 'k5', tenant: 'team-c' },
        ].map((other) => ({ ...token, ...other }));
        for (const each of [token, ...others]) await service.tokens.add(each);
        await service.tokens.removeExpired('laptop', 'team-b', NOW + 10);
        const left = await service.tokens.list();
        expect(left.map(({ id }) => id).toSorted()).toEqual(['k2', 'k3', 'k4', 'k5']);
      });
    });

    test('says that it is well', async () => {
      expect(await service.health()).toMatchObject({ isWell: true });
    });
  });
}
