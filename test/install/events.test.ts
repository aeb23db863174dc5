import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventsFor, HOOK_EVENTS } from '../../lib/install/events.ts';

const UNKNOWN_TO_2_0_76 =
  'PostToolBatch StopFailure PermissionDenied PostModelSwitch WorktreeRemove'.split(' ');

describe('eventsFor', () => {
  it.each([
    [
      '1.0.60',
      'PreToolUse PostToolUse UserPromptSubmit SubagentStop Stop Notification PreCompact'.split(
        ' ',
      ),
    ],
    [
      '2.0.76',
      HOOK_EVENTS.map(({ name }) => name).filter((name) => !UNKNOWN_TO_2_0_76.includes(name)),
    ],
    ['2.1.220', HOOK_EVENTS.map(({ name }) => name).filter((name) => name !== 'PostModelSwitch')],
    ['2.1.330', HOOK_EVENTS.map(({ name }) => name)],
    ['10.0.0', HOOK_EVENTS.map(({ name }) => name)],
    ['0.2.1', []],
  ])('leaves out what Claude Code %s does not know', (version, names) => {
    expect(eventsFor(version).map(({ name }) => name)).toEqual(names);
  });

  it('takes an unknown version for 2.0.76', () => {
    expect(eventsFor(undefined)).toEqual(eventsFor('2.0.76'));
  });
});

describe('HOOK_EVENTS', () => {
  it('has a Node.js entry for each event', () => {
    const missing = HOOK_EVENTS.filter(({ bundle }) => !existsSync(`hooks/${bundle}.ts`));
    expect(missing).toEqual([]);
  });
});
