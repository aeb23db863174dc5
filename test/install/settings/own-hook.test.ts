import { describe, expect, it } from 'vitest';
import { isOwnHook } from '../../../lib/install/settings/own-hook.ts';

const HOME = "/home/me/it's mine/pattern-tracker";
const owner = { homes: [HOME, '/real/pattern-tracker'], userHome: '/home/me' };
const quoted = `'/home/me/it'\\''s mine/pattern-tracker`;

describe('isOwnHook', () => {
  it.each<[string, unknown]>([
    ['the exec form', { type: 'command', command: `${HOME}/hooks/capture.sh`, args: [] }],
    ['single quotes', { type: 'command', command: `${quoted}/hooks/capture.sh'` }],
    ['double quotes', { command: `"${HOME}/hooks/capture.sh"` }],
    ['backslashes', { command: `/home/me/it\\'s\\ mine/pattern-tracker/hooks/capture.sh` }],
    ['an argument behind it', { command: `${quoted}/hooks/capture.sh' ensure` }],
    ['a shell in front', { command: `/bin/sh ${quoted}/hooks/capture.sh'` }],
    ['the Node.js front', { command: `${quoted}/node' ${quoted}/dist/hooks/stop.cjs'` }],
    ['variables in front', { command: `A= B='x y' /n/node ${quoted}/dist/hooks/stop.cjs'` }],
    ['another Node.js', { command: `/usr/bin/node --no-warnings ${quoted}/dist/hooks/stop.cjs'` }],
    ['arguments apart', { command: '/usr/bin/node', args: [`${HOME}/dist/hooks/stop.cjs`] }],
    ['an older layout', { command: `${quoted}/capture.sh'` }],
    ['the folder under its other name', { command: '/real/pattern-tracker/hooks/capture.sh' }],
    ['a tilde', { command: `~/it\\'s\\ mine/pattern-tracker/hooks/capture.sh` }],
    ['$HOME', { command: `"$HOME/it's mine/pattern-tracker/hooks/capture.sh"` }],
  ])('recognises %s', (_, hook) => {
    expect(isOwnHook(hook, owner)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['another program', { command: 'capture.sh' }],
    ['the same file elsewhere', { command: '/opt/pattern-tracker/hooks/capture.sh' }],
    ['a folder whose name begins alike', { command: '/real/pattern-tracker-2/hooks/capture.sh' }],
    ['the folder itself', { command: '/real/pattern-tracker' }],
    ['its data', { command: '/real/pattern-tracker/data/x.sh' }],
    [
      'another program that is told of ours',
      { command: 'cat /real/pattern-tracker/hooks/capture.sh' },
    ],
    ['a composed command', { command: '/real/pattern-tracker/hooks/capture.sh; beep' }],
    ['no command', { type: 'http', url: 'http://127.0.0.1/real/pattern-tracker/hooks/capture.sh' }],
    ['no object', '/real/pattern-tracker/hooks/capture.sh'],
    ['null', null],
  ])('leaves %s alone', (_, hook) => {
    expect(isOwnHook(hook, owner)).toBe(false);
  });
});
