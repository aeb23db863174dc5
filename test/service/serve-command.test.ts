import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresStore } from '../../lib/service/store/postgres/store.ts';
import { openSqliteStore } from '../../lib/service/store/sqlite/store.ts';
import { trackedEvent } from '../contracts/tracked-event.ts';
import { createDatabase } from '../support/shared-postgres.ts';
import { times } from '../support/depth.ts';
import { API, createdEvent } from './service-fixture.ts';

const CLI = 'dist/cli.mjs';

function throwawayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pattern-serve-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { env: { PATH: process.env['PATH'], PATTERN_TRACKER_HOME: folder, ...env } };
    const child = execFile(process.execPath, [CLI, ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => string;
}

async function serve(folder: string, args: readonly string[] = []): Promise<Served> {
  const env = { PATH: process.env['PATH'], PATTERN_TRACKER_HOME: folder };
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await expect.poll(() => out + err).toMatch(/ at http:\S+\n|error: /);
  return { child, url: / at (http:\S+)/.exec(out)?.[1] ?? '', said: () => out + err };
}

function track(url: string, patternId: string, authorization?: string) {
  return fetch(`${url}${API}/lineage/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: JSON.stringify(createdEvent(patternId)),
  });
}

describe('pattern-tracker serve', () => {
  it('serves this installation, survives SIGHUP, and ends with 0 on SIGTERM', async () => {
    const folder = throwawayFolder();
    const { child, url, said } = await serve(folder);
    child.kill('SIGHUP');
    expect((await track(url, 'a')).status).toBe(200);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code, said()).toBe(0);
    const { out } = await run(folder, ['patterns', '--json', '--all']);
    expect(out).toContain('"a"');
  });

  it('logs each request, and neither its query, its body nor its token', async () => {
    const folder = throwawayFolder();
    const { out } = await run(folder, ['token', 'create', '--name', 'laptop', '--json']);
    const { token, id } = JSON.parse(out) as { token: string; id: string };
    const { child, url, said } = await serve(folder, ['--log']);
    expect((await track(url, 'bodyword', `Bearer ${token}`)).status).toBe(200);
    expect((await fetch(`${url}${API}/stats?word=queryword`)).status).toBe(401);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(said()).toContain(`"token_id":"${id}"`);
    expect(said()).toContain('"status":401');
    expect(said()).not.toMatch(/bodyword|queryword/);
    expect(said()).not.toContain(token);
  });

  it('logs without --log only what goes wrong, and starts and stops only when asked', async () => {
    const quiet = await serve(throwawayFolder());
    expect((await track(quiet.url, 'a')).status).toBe(200);
    expect((await fetch(`${quiet.url}/nowhere`)).status).toBe(404);
    quiet.child.kill('SIGTERM');
    await once(quiet.child, 'exit');
    expect(quiet.said()).toMatch(/^Serving .* at http:\S+\n$/);
    const open = await serve(throwawayFolder(), ['--log-level', 'info']);
    open.child.kill('SIGTERM');
    await once(open.child, 'exit');
    expect(open.said()).toContain('"msg":"stopped"');
  });

  it.each([
    [['--port', 'x'], 2, '--port is "x"'],
    [['--rate-limit', '-1'], 2, '--rate-limit'],
    [['--tls-cert', 'a.pem'], 2, '--tls-cert and --tls-key go together'],
    [['--log-level', 'loud'], 2, 'Expected debug, info'],
    [['--host', '0.0.0.0'], 1, 'token create'],
    [['--database', 'BAD'], 1, 'not a database'],
  ])('says what is wrong with %j', async (args, code, words) => {
    const folder = throwawayFolder();
    const bad = join(folder, 'bad.db');
    writeFileSync(bad, 'this is no database, and long enough to be told from one\n'.repeat(20));
    const result = await run(folder, ['serve', ...args.map((arg) => (arg === 'BAD' ? bad : arg))]);
    expect(result.err).toContain(words);
    expect(result.code).toBe(code);
  });
});

describe('pattern-tracker service', () => {
  it('deletes from the store of a service that runs, and leaves no byte of it', async () => {
    const folder = throwawayFolder();
    const path = join(folder, 'team.db');
    const { url } = await serve(folder, ['--database', path]);
    for (let n = 0; n < 60; n++) expect((await track(url, `zebra${n}`)).status).toBe(200);
    const holds = () =>
      readdirSync(folder).some(
        (name) => name.startsWith('team.db') && readFileSync(join(folder, name)).includes('zebra'),
      );
    expect(holds()).toBe(true);
    const args = ['service', 'forget', '--session', 's-1', '--yes', '--json', '--database', path];
    const { code, out, err } = await run(folder, args);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ removed: { patterns: 60 }, is_complete: true });
    expect(holds()).toBe(false);
    expect(await (await track(url, 'zebra1')).json()).toMatchObject({ success: true });
    expect((await fetch(`${url}${API}/patterns/zebra1`)).status).toBe(404);
    expect((await track(url, 'new')).status).toBe(200);
  });

  it('goes on with a deletion that was killed', async () => {
    const folder = throwawayFolder();
    const path = join(folder, 'team.db');
    const store = openSqliteStore(path);
    const events = Array.from({ length: 3_000 }, (_, n) =>
      trackedEvent({
        patternId: `p${n}`,
        at: 1_000 + n,
        parentIds: n % 3 === 0 ? [] : [`p${n - 1}`],
      }),
    );
    for (let from = 0; from < events.length; from += 1_000) {
      await store.tenant('default').track(events.slice(from, from + 1_000));
    }
    const left = async () => (await store.tenant('default').stats()).patterns;
    const args = ['service', 'forget', '--all', '--yes', '--json', '--database', path];
    for (let kills = 0; kills < times(2, 8); kills++) {
      const before = await left();
      const child = spawn(process.execPath, [CLI, ...args], {
        env: { PATH: process.env['PATH'], PATTERN_TRACKER_HOME: folder },
        stdio: 'ignore',
      });
      await expect.poll(async () => (await left()) < before || child.exitCode !== null).toBe(true);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(await store.tenant('default').integrity(undefined)).toMatchObject({
        brokenEdges: [],
        orphans: [],
        wrongGenerations: [],
      });
      if ((await left()) === 0) break;
    }
    const { code } = await run(folder, args);
    expect(code).toBe(0);
    expect(await left()).toBe(0);
    await store.close();
  });
});

describe('pattern-tracker token', () => {
  it('revokes by the beginning of an id, unless others share it', async () => {
    const folder = throwawayFolder();
    const ids: string[] = [];
    const store = openSqliteStore(join(folder, 'team.db'));
    for (const id of ['3f9a00000001', '3f9a00000002', '77aa00000003']) {
      const token = { name: `token-${id}`, tenant: 'team', scopes: ['read'], digest: id } as const;
      const times = { createdAt: 1, expiresAt: null, revokedAt: null, lastUsedAt: null };
      await store.tokens.add({ id, ...token, ...times });
      ids.push(id);
    }
    await store.close();
    const database = ['--database', join(folder, 'team.db')];
    const shared = await run(folder, ['token', 'revoke', '3f9a', ...database]);
    expect(shared).toEqual({
      code: 2,
      out: '',
      err: `error: more than one token begins with "3f9a"
  Give more characters of one of them:
  3f9a00000001  token-3f9a00000001  team
  3f9a00000002  token-3f9a00000002  team
`,
    });
    const revoked = await run(folder, ['token', 'revoke', '77', '--json', ...database]);
    expect(JSON.parse(revoked.out)).toEqual({ id: ids[2], revoked: true });
    const exposed = ['serve', '--host', '0.0.0.0', ...database];
    for (const id of ids.slice(0, 2)) await run(folder, ['token', 'revoke', id, ...database]);
    expect((await run(folder, exposed)).err).toContain('every token is revoked or expired');
  });

  it('makes, lists and revokes tokens, where the environment says', async () => {
    const folder = throwawayFolder();
    const env = { PATTERN_TRACKER_DATABASE: join(folder, 'team.db') };
    const made = await run(
      folder,
      [
        'token',
        'create',
        '--name',
        'ci',
        '--tenant',
        'team',
        '--scope',
        'write',
        '--expires',
        '30',
        '--json',
      ],
      env,
    );
    const { id, token } = JSON.parse(made.out) as { id: string; token: string };
    expect(token).toMatch(/^ptk_/);
    const listed = await run(folder, ['token', 'list', '--json'], env);
    expect(JSON.parse(listed.out)).toMatchObject([
      { id, name: 'ci', tenant: 'team', scopes: ['write'], revoked_at: null },
    ]);
    expect(listed.out).not.toContain(token);
    expect((await run(folder, ['token', 'revoke', id], env)).out).toBe(`Token ${id} is revoked.\n`);
    expect((await run(folder, ['token'], env)).out).toMatch(new RegExp(`${id} .*revoked`));
    const unknown = await run(folder, ['token', 'revoke', 'nothing'], env);
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining('no token begins with "nothing"'),
    ]);
  });

  it.each([
    [['create'], '--name is missing'],
    [['create', '--name', 'n', '--scope', 'all'], '--scope is "all"'],
    [['create', '--name', 'n', '--tenant', '../x'], 'is not a valid name'],
    [['create', '--name', 'n', '--expires', '0'], '--expires is "0"'],
    [['revoke'], 'ID is missing'],
    [['list', 'x'], 'unexpected argument'],
  ])('says what is wrong with %j', async (args, words) => {
    const result = await run(throwawayFolder(), ['token', ...args]);
    expect([result.code, result.err]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('pattern-tracker serve --migrate', () => {
  it('changes the tables and ends; without that, a service that must not change them says what to do', async () => {
    const folder = throwawayFolder();
    const env = { PATTERN_TRACKER_DATABASE: await createDatabase() };
    const early = await run(folder, ['serve', '--port', '0', '--migrate', 'never'], env);
    expect(early).toMatchObject({ code: 1 });
    expect(early.err).toContain('serve --migrate only');
    const only = await run(folder, ['serve', '--migrate', 'only', '--json'], env);
    expect(only).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(only.out)).toEqual({
      database: expect.stringContaining('PostgreSQL at 127.0.0.1'),
    });
    const store = await openPostgresStore(env.PATTERN_TRACKER_DATABASE, { migrate: 'never' });
    await store.close();
  });

  it('is told of a word that it does not know, and of what an SQLite file has not', async () => {
    const folder = throwawayFolder();
    const unknown = await run(folder, ['serve', '--migrate', 'soon']);
    expect(unknown.err).toContain('Expected auto, never, only.');
    for (const args of [
      ['--migrate', 'never'],
      ['--read-database', 'postgres://standby/tracker'],
    ]) {
      expect((await run(folder, ['serve', ...args])).err).toContain('postgres:// URL');
    }
  });
});
