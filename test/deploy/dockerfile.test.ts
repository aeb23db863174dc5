import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployText, ROOT } from './deploy-files.ts';

/** One instruction a line: comments out, continued lines joined. */
const instructions = deployText('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ', 1).join(), value: line.slice(line.indexOf(' ') + 1) }));

const all = (name: string) =>
  instructions.filter((one) => one.name === name).map((one) => one.value);
const last = (name: string) => all(name).at(-1);

/** Sources of each COPY from the checkout. */
const copied = all('COPY')
  .filter((value) => !value.includes('--from='))
  .flatMap((value) =>
    value
      .split(' ')
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1),
  );

describe('the Dockerfile', () => {
  it('starts from an image of a pinned version, twice the same', () => {
    expect(last('ARG')).toMatch(/^NODE_IMAGE=node:22\.\d+\.\d+-bookworm-slim$/);
    expect(all('FROM')).toEqual(['${NODE_IMAGE} AS build', '${NODE_IMAGE}']);
  });

  it('copies what exists, and what .dockerignore lets through', () => {
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(new Set(copied)).toEqual(new Set(allowed));
  });

  it('copies everything the build reads', () => {
    const build = readFileSync(join(ROOT, 'scripts/build.ts'), 'utf8');
    const read = [...build.matchAll(/'([\w-]+(?:\.json)?)'/g)].map(([, name = '']) => name);
    const needed = read.filter(
      (name) => existsSync(join(ROOT, name)) && !/^(?:dist|node_modules)$/.test(name),
    );
    expect(needed).toContain('package.json');
    for (const name of needed) expect(copied).toContain(name);
  });

  it('takes the program and its dependencies out of the first stage', () => {
    const taken = all('COPY').filter((value) => value.startsWith('--from=build '));
    expect(taken).toEqual([
      '--from=build /src/node_modules ./node_modules',
      '--from=build /src/dist ./dist',
    ]);
  });

  it('runs as a user without rights, who can write to /data alone', () => {
    expect(last('USER')).toBe('10001:10001');
    expect(all('VOLUME')).toEqual(['/data']);
    expect(last('STOPSIGNAL')).toBe('SIGTERM');
  });

  it('starts what is in the image', () => {
    const [entry = ''] = JSON.parse(last('ENTRYPOINT') ?? '[]') as string[];
    expect(copied).toContain(entry.replace(/^\/app\//, ''));
    expect((JSON.parse(last('CMD') ?? '[]') as string[])[0]).toBe('serve');
  });

  it.each([
    ['healthy', 200, 0],
    ['not healthy', 503, 1],
  ])('finds a service %s by its answer', async (_, status, code) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health' ? status : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      expect(await healthcheck(`http://127.0.0.1:${port}/health`)).toBe(code);
    } finally {
      server.close();
    }
  });

  it('finds a service unhealthy that is not there', async () => {
    expect(await healthcheck('http://127.0.0.1:1/health')).toBe(1);
  });
});

/** Runs the HEALTHCHECK as it stands; answers its exit code. */
async function healthcheck(url: string): Promise<number> {
  const [program, ...args] = JSON.parse(last('HEALTHCHECK')?.split('CMD ')[1] ?? '[]') as string[];
  expect(program).toBe('node');
  const child = spawn(process.execPath, args, { env: { PATTERN_TRACKER_HEALTH_URL: url } });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}
