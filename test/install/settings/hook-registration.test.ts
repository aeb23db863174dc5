import fc from 'fast-check';
import { parse, parseTree } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { eventsFor, HOOK_EVENTS } from '../../../lib/install/events.ts';
import { hookCommand } from '../../../lib/install/hook-command.ts';
import type { CaptureFront } from '../../../lib/install/hook-command.ts';
import {
  registeredEvents,
  registerHooks,
  unregisterHooks,
} from '../../../lib/install/settings/hook-registration.ts';
import { append, jsonLayout } from '../../../lib/install/settings/json-edit.ts';
import { isOwnHook } from '../../../lib/install/settings/own-hook.ts';
import { SETTINGS_CASES } from './settings-cases.ts';

const HOME = '/home/me/.claude/hooks/pattern-tracker';
const FILE = '/home/me/.claude/settings.json';
const options = {
  file: FILE,
  isOwn: (hook: unknown) => isOwnHook(hook, { homes: [HOME], userHome: '/home/me' }),
};

function wanted(capture: CaptureFront = 'sh', version = '2.1.330', home = HOME) {
  const command = { capture, home, node: `${home}/node`, platform: 'linux' } as const;
  return eventsFor(version).map((event) => ({
    event: event.name,
    ...(event.matcher === undefined ? {} : { matcher: event.matcher }),
    hook: hookCommand(event, command),
  }));
}

/** What the hooks are once registered, others' left out. */
function ownHooks(text: string): unknown {
  const { hooks } = parse(text) as { hooks: Record<string, { hooks?: unknown[] }[]> };
  return Object.fromEntries(
    Object.entries(hooks).map(([event, groups]) => [
      event,
      groups
        .flatMap((group) => (Array.isArray(group?.hooks) ? group.hooks : []))
        .filter(options.isOwn),
    ]),
  );
}

describe('registerHooks', () => {
  it.each(SETTINGS_CASES)('adds every hook to %s, once, and can be undone', (_, before) => {
    const after = registerHooks(before, wanted(), options);
    for (const { event, hook } of wanted()) {
      expect(ownHooks(after)).toHaveProperty(event, [hook]);
    }
    expect(registerHooks(after, wanted(), options)).toBe(after);
    const without = unregisterHooks(after, { ...options, before });
    // A file that held nothing can only be restored from memory, which is the manifest's part.
    if (before.replace('\uFEFF', '').trim() === '') expect(parse(without)).toEqual({});
    else expect(without).toBe(before);
  });

  it('writes a file that is not there', () => {
    const after = registerHooks(null, wanted('sh', '1.0.60').slice(0, 1), options);
    expect(after).toMatchInlineSnapshot(`
      "{
        "hooks": {
          "PreToolUse": [
            {
              "matcher": "*",
              "hooks": [
                {
                  "type": "command",
                  "command": "/home/me/.claude/hooks/pattern-tracker/hooks/capture.sh",
                  "args": [],
                  "timeout": 10
                }
              ]
            }
          ]
        }
      }
      "
    `);
  });

  it('leaves every line of others as it is', () => {
    const before =
      '{\n   "hooks": {\n      "Stop": [ {"hooks": [ {"type":"command","command":"bell"} ]} ]\n   },\n   "z": [1,2,\n3]\n}';
    const stop = wanted().filter(({ event }) => event === 'Stop');
    expect(registerHooks(before, stop, options)).toMatchInlineSnapshot(`
      "{
         "hooks": {
            "Stop": [ {"hooks": [ {"type":"command","command":"bell"} ]}, {
               "hooks": [
                  {
                     "type": "command",
                     "command": "/home/me/.claude/hooks/pattern-tracker/hooks/capture.sh",
                     "args": [],
                     "timeout": 10
                  }
               ]
            } ]
         },
         "z": [1,2,
      3]
      }"
    `);
  });

  it('replaces hooks of another front in their place', () => {
    const others = { hooks: [{ type: 'command', command: 'bell' }] };
    const node = registerHooks('{\n  "model": "opus"\n}\n', wanted('node'), options);
    const settings = parse(node) as { hooks: Record<string, unknown[]> };
    settings.hooks['Stop']?.push(others);
    const sh = registerHooks(JSON.stringify(settings, null, 2), wanted('sh'), options);
    const { hooks } = parse(sh) as typeof settings;
    expect(Object.keys(hooks)).toEqual(HOOK_EVENTS.map(({ name }) => name));
    expect(hooks['Stop']).toEqual([{ hooks: [wanted('sh').at(8)?.hook] }, others]);
    expect(sh).not.toContain('.cjs');
  });

  it('keeps a hook where its owner has put it, and drops its doubles', () => {
    const stop = { type: 'command', command: `~/.claude/hooks/pattern-tracker/hooks/capture.sh` };
    const bell = { type: 'command', command: 'bell' };
    const before = {
      hooks: { Stop: [{ hooks: [bell, stop] }, { hooks: [stop] }, { hooks: [stop, bell] }] },
    };
    const only = wanted().filter(({ event }) => event === 'Stop');
    const after = registerHooks(JSON.stringify(before), only, options);
    expect(parse(after)).toEqual({
      hooks: { Stop: [{ hooks: [bell, only[0]?.hook] }, { hooks: [bell] }] },
    });
  });

  it('takes away events that are not wanted any more', () => {
    const after = registerHooks('{}', wanted('sh', '2.1.330'), options);
    const older = registerHooks(after, wanted('sh', '1.0.60'), options);
    expect(Object.keys((parse(older) as { hooks: object }).hooks)).toEqual(
      eventsFor('1.0.60').map(({ name }) => name),
    );
  });

  it.each<[string, string, RegExp]>([
    ['text behind the end', '{}\nx', /settings\.json:2:1: /],
    ['half an object', '{\n  "a": 1', /settings\.json:2:9: close brace expected/],
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', /settings\.json:3:3: comma expected/],
    ['an array', ' []', /settings\.json:1:2: expected an object/],
    [
      'hooks: null',
      '{"hooks": null}',
      /settings\.json:1:11: expected "hooks" to be an object, found null/,
    ],
    ['hooks: an array', '{\n"hooks": []}', /settings\.json:2:10: expected "hooks" to be an object/],
    [
      'an event of a wrong type',
      '{"hooks": {"Stop": {}}}',
      /:1:20: expected "hooks\.Stop" to be an array/,
    ],
    ['a merge conflict', '{\n<<<<<<< HEAD\n}', /settings\.json:2:1: /],
    ['CRLF and an error', '{\r\n  "a": 1,\r\n  b\r\n}', /settings\.json:3:3: /],
    ['a byte order mark and an error', '\uFEFFx', /settings\.json:1:1: /],
  ])('refuses %s, and says where', (_, text, message) => {
    expect(() => registerHooks(text, wanted(), options)).toThrow(message);
    expect(() => registerHooks(text, wanted(), options)).toThrow(/nothing was changed/);
  });
});

describe('unregisterHooks', () => {
  it('removes what it finds where nothing is known of before', () => {
    const after = registerHooks('{\n  "model": "opus"\n}\n', wanted(), options);
    expect(unregisterHooks(after, options)).toBe('{\n  "model": "opus"\n}\n');
  });

  it('leaves the hooks of another installation', () => {
    const other = registerHooks('{}', wanted('sh', '2.1.330', '/other/pattern-tracker'), options);
    expect(unregisterHooks(other, options)).toBe(other);
    expect(registeredEvents(other, options)).toEqual([]);
  });

  it('is the inverse of registerHooks for any settings, however they are laid out', () => {
    fc.assert(
      fc.property(settings(), indentation(), (value, indent) => {
        const before = JSON.stringify(value, null, indent);
        const after = registerHooks(before, wanted(), options);
        expect(registeredEvents(after, options)).toHaveLength(HOOK_EVENTS.length);
        expect(unregisterHooks(after, { ...options, before })).toBe(before);
      }),
    );
  });

  it('leaves only the key that somebody added meanwhile, by hand', () => {
    fc.assert(
      fc.property(settings(), indentation(), fc.json(), (value, indent, added) => {
        const before = JSON.stringify(value, null, indent);
        const changed = addKey(registerHooks(before, wanted(), options), added);
        const without = unregisterHooks(changed, { ...options, before });
        expect(parse(without)).toEqual(parse(addKey(before, added)));
        if (before !== '{}') expect(without).toBe(addKey(before, added));
      }),
    );
  });

  it('leaves only the key that Claude Code added meanwhile, writing the whole file anew', () => {
    fc.assert(
      fc.property(settings(), fc.json(), (value, added) => {
        const before = JSON.stringify(value, null, 2);
        const after = JSON.parse(registerHooks(before, wanted(), options)) as object;
        const changed = JSON.stringify({ ...after, added: JSON.parse(added) as unknown }, null, 2);
        const expected = JSON.stringify({ ...value, added: JSON.parse(added) as unknown }, null, 2);
        expect(unregisterHooks(changed, { ...options, before })).toBe(expected);
      }),
    );
  });
});

function addKey(text: string, json: string): string {
  const root = parseTree(text);
  if (!root) throw new Error('no tree');
  return append(text, root, 'added', JSON.parse(json) as null, jsonLayout(text));
}

function indentation() {
  return fc.constantFrom(2, 4, '\t', undefined);
}

/** Settings as a program writes them: any keys, and hooks of others, empty ones too. */
function settings() {
  const command = fc.record({ type: fc.constant('command'), command: fc.string() });
  const group = fc.oneof(
    fc.record({ matcher: fc.string(), hooks: fc.array(command, { maxLength: 2 }) }),
    fc.record({ hooks: fc.array(command, { maxLength: 2 }) }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const names = fc.constantFrom('PreToolUse', 'Stop', 'SessionEnd', 'Notification', 'constructor');
  const hooks = fc.dictionary(names, fc.array(group, { maxLength: 3 }));
  const rest = fc.dictionary(
    fc.string().filter((key) => key !== 'hooks' && key !== 'added' && key !== '__proto__'),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 4 },
  );
  return fc
    .tuple(rest, fc.option(hooks), fc.boolean())
    .map(([others, some, isFirst]): Record<string, unknown> => {
      if (some === null) return others;
      return isFirst ? { hooks: some, ...others } : { ...others, hooks: some };
    });
}
