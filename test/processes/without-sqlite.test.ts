import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => {
  home = new TrackerHome('');
  cpSync('dist', join(home.paths.home, 'dist'), { recursive: true });
  cpSync('package.json', join(home.paths.home, 'package.json'));
});
afterEach(() => home.remove());

function command(...args: string[]) {
  const cli = join(home.paths.home, 'dist', 'cli.mjs');
  return spawnSync(process.execPath, [cli, ...args], { env: home.env, encoding: 'utf8' });
}

describe('an installation without the SQLite module of its Node.js', () => {
  it('says so in doctor', () => {
    const { status, stdout } = command('doctor', '--json');
    const report = JSON.parse(stdout) as { checks: { id: string; status: string }[] };
    expect(report.checks.find(({ id }) => id === 'native_module')).toMatchObject({
      status: 'fail',
      found: 'better-sqlite3 is not there, or was never built',
    });
    expect(status).toBe(1);
  });

  it('says how to mend it where a command needs the database', () => {
    mkdirSync(home.paths.data, { recursive: true });
    writeFileSync(home.paths.database, '');
    const { status, stderr } = command('patterns');
    expect(stderr).toContain(`does not load in Node.js ${process.versions.node}`);
    expect(stderr).toContain('Run `pattern-tracker install`');
    expect(status).toBe(1);
  });
});
