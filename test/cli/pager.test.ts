import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, fillSample, NOW, Sample } from './sample-database.ts';

/** util-linux has it, other systems have one with other options. */
const hasScript = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout,
);
const MARK = "sed 's/^/paged: /'";

const sample = new Sample();
beforeAll(() => {
  fillSample(sample);
  for (let index = 10; index < 60; index++) {
    sample.pattern(`e${index}`, `code ${index}`, { lines: 3, last_seen_at: NOW - DAY });
  }
  sample.pattern('eeee', 'line\n'.repeat(60), { last_seen_at: NOW - DAY });
  sample.close();
});
afterAll(() => sample.remove());

/** Runs the built program on a terminal of 80 columns and 20 lines. */
function onTerminal(argv: string, env: Record<string, string> = {}, shellVariables = '') {
  const program = `${process.execPath} ${resolve('dist/cli.cjs')} ${argv}`;
  const command = `stty cols 80 rows 20; ${shellVariables} ${program}; echo "ended with $?"`;
  const { stdout } = spawnSync('script', ['--quiet', '--command', command, '/dev/null'], {
    env: { HOME: sample.folder, PATH: '/usr/bin:/bin', TERM: 'xterm', NO_COLOR: '1', ...env },
    input: '',
    encoding: 'utf8',
  });
  return stdout.replaceAll('\r', '');
}

describe.skipIf(!hasScript)('the pager', () => {
  it('shows a list that is longer than the terminal', () => {
    const screen = onTerminal('patterns --limit 0', { PAGER: MARK });
    expect(screen).toMatch(/^paged: ID {8}PROJECT/m);
    expect(screen.match(/^paged: /gm)).toHaveLength(56);
    expect(screen).toContain('ended with 0');
  });

  it('shows a long pattern', () => {
    expect(onTerminal('show eeee', { PAGER: MARK })).toMatch(/^paged: 60 │ line/m);
  });

  it.each([
    ['a list that fits', 'patterns --limit 5', { PAGER: MARK }],
    ['--no-pager', 'patterns --no-pager', { PAGER: MARK }],
    ['--json', 'patterns --json', { PAGER: MARK }],
    ['PAGER=cat', 'patterns', { PAGER: 'cat' }],
    ['an empty PAGER', 'patterns', { PAGER: '' }],
    ['a dumb terminal', 'patterns', { PAGER: MARK, TERM: 'dumb' }],
    ['a taller terminal', 'patterns', { PAGER: MARK, LINES: '40' }],
  ])('leaves %s alone', (_, argv, env) => {
    const screen = onTerminal(argv, env);
    expect(screen).not.toContain('paged:');
    expect(screen).toContain('site.css');
    expect(screen).toContain('ended with 0');
  });

  it('may end before it has read all', () => {
    expect(onTerminal('patterns --limit 0', { PAGER: 'true' })).toBe('ended with 0\n');
    expect(onTerminal('patterns --limit 0', { PAGER: 'head -1' })).toMatch(
      /^ID {8}PROJECT.*\nended with 0\n$/,
    );
  });

  it('is done without when it cannot be run', () => {
    const screen = onTerminal('patterns', { PAGER: 'no-such-pager' });
    expect(screen).toContain('site.css');
    expect(screen).toContain('ended with 0');
    expect(onTerminal('patterns', {}, 'PATH=/nowhere')).toContain('site.css');
  });

  it('is told what git tells it, unless the user says otherwise', () => {
    expect(onTerminal('patterns', { PAGER: 'env' })).toMatch(/^LESS=FRX$/m);
    expect(onTerminal('patterns', { PAGER: 'env', LESS: 'S' })).toMatch(/^LESS=S$/m);
  });
});
