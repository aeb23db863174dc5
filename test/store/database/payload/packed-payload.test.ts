import { afterEach, beforeEach, expect, it } from 'vitest';
import { hexDigest } from '../../../../lib/base/digest.ts';
import {
  packedPayload,
  payloadText,
} from '../../../../lib/store/database/payload/packed-payload.ts';
import { PAYLOAD_DICTIONARY } from '../../../../lib/store/database/payload/payload-dictionary.ts';
import { packedTraces } from '../../../../lib/store/maintenance/forget/kept-text.ts';
import { recordedFiles } from '../../../../lib/store/maintenance/forget/recorded-files.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { eventsAfter } from '../../../../lib/store/queries/activity.ts';
import { listSessions } from '../../../../lib/store/queries/sessions.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

it('packs a payload to less, and unpacks it to the same', () => {
  const text = JSON.stringify(hook.write('t1', '/w/a.ts', 'const answer = "é 🌍 \u0000";\n'));
  expect(packedPayload(text).length).toBeLessThan(text.length / 2);
  expect(payloadText(packedPayload(text))).toBe(text);
});

it('keeps the dictionary that stored payloads need', () => {
  expect(hexDigest(PAYLOAD_DICTIONARY, 32)).toBe('dfd8e70622f889496b30d1355befe45c');
});

it.each<[string, unknown, string | null]>([
  ['the JSON of an earlier release as it is', '{"a":1}', '{"a":1}'],
  ['nothing where the payload is past retention', null, null],
  ['nothing of damaged bytes', Buffer.of(1, 255, 255, 255), null],
  ['nothing of cut bytes', packedPayload('{"a":"some text that is long"}').subarray(0, 9), null],
  ['nothing of a dictionary that is not known', Buffer.of(200, 3, 0), null],
  ['nothing of no bytes', Buffer.alloc(0), null],
])('reads %s', (_, stored, text) => {
  expect(payloadText(stored)).toBe(text);
});

it('is read alike by every query, packed and as an earlier release stored it', () => {
  store.take(
    hook.event('UserPromptSubmit', { prompt: 'tame the zebra', source: 'user' }),
    hook.event('PreToolUse', {
      tool_use_id: 't1',
      tool_name: 'Read',
      tool_input: { file_path: 'read/only.md' },
    }),
  );
  const readings = () => ({
    prompt: listSessions(store.database, { limit: 1 })[0]?.firstPrompt,
    events: eventsAfter(store.database, 0, { limit: 9 }),
    files: recordedFiles(store.database),
    findings: verifyDatabase(store.database.name).findings,
  });
  const packed = readings();
  expect(packed.prompt).toBe('tame the zebra');
  expect(packed.events.map(({ toolName, source }) => toolName ?? source)).toEqual(['user', 'Read']);
  expect(packed.files.map(({ path }) => path)).toContain('read/only.md');
  expect(packed.findings).toEqual([]);
  expect(packedTraces(store.database, ['tame the zebra', 'quokka'])).toEqual(['tame the zebra']);
  store.database.exec('UPDATE events SET payload = payload_text(payload)');
  expect(store.value('SELECT DISTINCT typeof(payload) FROM events')).toBe('text');
  expect(readings()).toEqual(packed);
});

it('is found by verify when it is damaged', () => {
  store.take(hook.event('UserPromptSubmit', { prompt: 'tame the zebra' }));
  store.database.exec("UPDATE events SET payload = x'01ffffff'");
  expect(verifyDatabase(store.database.name).findings).toMatchObject([
    { table: 'events', message: expect.stringContaining('no JSON') as string },
  ]);
});
