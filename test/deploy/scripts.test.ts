import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { compose, deployFiles, hasCommand, ROOT, run } from './deploy-files.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'deploy-'));
  mkdirSync(join(root, 'deploy'));
  mkdirSync(join(root, 'dist'));
  for (const name of ['pattern-tracker.sh', 'make-secrets.sh', 'backup-postgres.sh']) {
    cpSync(join(ROOT, 'deploy', name), join(root, 'deploy', name));
  }
});

function script(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(join(root, 'deploy', name), args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return { status, stdout, stderr };
}

/** A program by the name of another, which does what is told here. */
function imposter(name: string, text: string): Record<string, string> {
  const folder = join(root, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}

describe('pattern-tracker.sh', () => {
  beforeEach(() => {
    writeFileSync(
      join(root, 'dist/cli.cjs'),
      'console.log(JSON.stringify([process.env.PATTERN_TRACKER_DATABASE ?? null, ...process.argv.slice(2)]))',
    );
  });

  it('takes the database from the file, without the end of its line, and passes on every argument', () => {
    const file = join(root, 'database');
    writeFileSync(file, 'postgres://a:b%20c@d/e?x=$HOME\n');
    const env = { PATTERN_TRACKER_DATABASE_FILE: file };
    const { status, stdout } = script('pattern-tracker.sh', ['serve', '--name', 'a b', ''], env);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      'postgres://a:b%20c@d/e?x=$HOME',
      'serve',
      '--name',
      'a b',
      '',
    ]);
  });

  it('leaves the database as it is without a file', () => {
    const env = { PATTERN_TRACKER_DATABASE: '/a/b.db' };
    expect(JSON.parse(script('pattern-tracker.sh', ['x'], env).stdout)).toEqual(['/a/b.db', 'x']);
    expect(JSON.parse(script('pattern-tracker.sh', []).stdout)).toEqual([null]);
  });

  it('says which file it can not read, and starts nothing', () => {
    const env = { PATTERN_TRACKER_DATABASE_FILE: join(root, 'none') };
    const { status, stdout, stderr } = script('pattern-tracker.sh', ['serve'], env);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`cannot read ${join(root, 'none')}`);
  });
});

describe('make-secrets.sh', () => {
  const secret = (name: string) => readFileSync(join(root, 'deploy/secrets', name), 'utf8');

  it('makes every secret that compose.yaml reads, in a folder for its owner only', () => {
    expect(script('make-secrets.sh', []).status).toBe(0);
    for (const { file } of Object.values(compose().secrets)) {
      expect(existsSync(join(root, 'deploy', file)), file).toBe(true);
    }
    expect(statSync(join(root, 'deploy/secrets')).mode & 0o777).toBe(0o700);
    expect(secret('postgres_password')).toMatch(/^[0-9a-f]{48}$/);
    expect(secret('database_url')).toBe(
      `postgres://tracker:${secret('postgres_password')}@database:5432/tracker`,
    );
    expect(secret('metrics_token')).toMatch(/^[0-9a-f]{48}$/);
  });

  it('keeps the secrets that are there', () => {
    script('make-secrets.sh', []);
    const names = readdirSync(join(root, 'deploy/secrets'));
    const before = names.map(secret);
    const { status, stdout } = script('make-secrets.sh', []);
    expect(status).toBe(0);
    expect(stdout).not.toContain('made');
    expect(names.map(secret)).toEqual(before);
  });

  it('prints no secret', () => {
    const { stdout, stderr } = script('make-secrets.sh', []);
    expect(stdout + stderr).not.toContain(secret('postgres_password'));
    expect(stdout + stderr).not.toContain(secret('grafana_admin_password'));
  });
});

describe('backup-postgres.sh', () => {
  const dumps = () => readdirSync(join(root, 'backups')).toSorted();
  const local = (env: Record<string, string>) => ({ ...env, PATTERN_TRACKER_PG: '' });

  beforeEach(() => mkdirSync(join(root, 'backups')));

  it('keeps the newest dumps, readable for their owner only', () => {
    imposter('pg_restore', 'grep -q dump');
    const env = local(imposter('pg_dump', 'echo dump'));
    for (const day of ['01', '02', '03']) {
      writeFileSync(join(root, 'backups', `tracker-202001${day}T000000Z.dump`), 'old');
    }
    writeFileSync(join(root, 'backups', 'something-else.dump'), 'not ours');
    const { status, stderr } = script('backup-postgres.sh', [join(root, 'backups'), '2'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [other, kept, made = '', ...more] = dumps();
    expect([other, kept, more]).toEqual([
      'something-else.dump',
      'tracker-20200103T000000Z.dump',
      [],
    ]);
    expect(made).toMatch(/^tracker-20\d{6}T\d{6}Z\.dump$/);
    expect(statSync(join(root, 'backups', made)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['pg_dump fails', 'echo half; exit 1', 'cat >/dev/null'],
    ['the dump can not be read', 'echo half', 'exit 1'],
  ])('leaves nothing and removes nothing when %s', (_, dump, restore) => {
    imposter('pg_restore', restore);
    const env = local(imposter('pg_dump', dump));
    writeFileSync(join(root, 'backups', 'tracker-20200101T000000Z.dump'), 'old');
    expect(script('backup-postgres.sh', [join(root, 'backups'), '1'], env).status).toBe(1);
    expect(dumps()).toEqual(['tracker-20200101T000000Z.dump']);
  });

  it('runs in the container of compose.yaml unless told otherwise', () => {
    const env = imposter('docker', 'echo "$@" >>"$LOG"; cat </dev/null');
    const LOG = join(root, 'log');
    const args = [join(root, 'backups')];
    expect(script('backup-postgres.sh', args, { ...env, LOG }).status).toBe(0);
    expect(readFileSync(LOG, 'utf8').replaceAll(root, '')).toBe(
      [
        'compose --file /deploy/compose.yaml exec -T database pg_dump --format=custom --username=tracker tracker',
        'compose --file /deploy/compose.yaml exec -T database pg_restore --list',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['backups', '0'], 'KEEP is "0"'],
    [['backups', 'all'], 'KEEP is "all"'],
    [['none'], 'there is no folder'],
  ])('refuses %j', ([folder = '', ...rest], message) => {
    const { status, stderr } = script('backup-postgres.sh', [join(root, folder), ...rest]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

it.skipIf(!hasCommand('shellcheck'))('every script passes shellcheck, where there is one', () => {
  const scripts = deployFiles().filter((path) => path.endsWith('.sh'));
  expect(scripts).toHaveLength(3);
  expect(
    run(
      'shellcheck',
      scripts.map((path) => join(ROOT, 'deploy', path)),
    ),
  ).toBe('');
});
