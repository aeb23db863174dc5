// Alerts of the built program: a courier that is killed, and a service that is.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../lib/delivery/alerts/alert-message.ts';
import { until } from '../support/until.ts';
import { OperatedHome } from './operated-home.ts';
import { isAlive, payload } from './tracker-home.ts';

let home: OperatedHome;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  home = new OperatedHome();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await home.remove();
});

/** A program that takes webhooks. */
async function receiver() {
  const taken: AlertMessage[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      taken.push(JSON.parse(body) as AlertMessage);
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  home.configure(
    `alerts: { webhook: { url: 'http://127.0.0.1:${(server.address() as AddressInfo).port}' } }\n`,
  );
  return taken;
}

const told = (taken: readonly AlertMessage[]) => taken.map(({ rule, state }) => `${rule} ${state}`);

describe('a courier', () => {
  it('that was killed three times is an alert, which the next one tells once', async () => {
    const taken = await receiver();
    for (let crash = 1; crash <= 3; crash += 1) {
      home.capture(payload({ hook_event_name: 'UserPromptSubmit', prompt: `prompt ${crash}` }));
      await home.settled();
      await until(() => home.courierState?.status === 'idle', 'a courier works');
      await home.stop('SIGKILL');
    }
    home.capture(payload({ hook_event_name: 'UserPromptSubmit', prompt: 'one more' }));
    await until(() => taken.length > 0, 'the alert has come');
    expect(told(taken)).toEqual(['courier_crash_loop firing']);
    const { exitCode, out } = await home.command('alerts');
    expect(exitCode).toBe(1);
    expect(out).toContain('courier_crash_loop');
    expect((await home.check()).status['alerts']).toBe('fail');
    await home.stop();
    home.capture(payload({ hook_event_name: 'UserPromptSubmit', prompt: 'and another' }));
    await home.settled();
    await home.stop();
    expect(told(taken)).toEqual(['courier_crash_loop firing']);
  });
});

/** `supervise`, as a process of its own, with what it says. */
function supervise(words: readonly string[]) {
  const child: ChildProcess = spawn(
    process.execPath,
    [resolve('dist/cli.cjs'), 'supervise', '--json', ...words],
    { env: home.env, cwd: home.folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const events: { kind: string; pid: number; url: string }[] = [];
  if (!child.stdout) throw new Error('there is no output');
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)));
  ends.push(() => child.kill('SIGKILL'));
  const ready = () => events.filter(({ kind }) => kind === 'ready');
  return { child, events, ready };
}

describe('supervise', () => {
  it('starts a service again that was killed, and ends it when it ends', async () => {
    const { child, ready } = supervise(['--probe', '0.2s', '--', '--port', '0']);
    await until(() => ready().length === 1, 'the service is ready');
    const [first] = ready();
    process.kill(first?.pid ?? Number.NaN, 'SIGKILL');
    await until(() => ready().length === 2, 'it is ready again');
    const second = ready()[1];
    expect((await fetch(`${second?.url}/health/live`)).status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(isAlive(second?.pid ?? 0)).toBe(false);
  });

  it('that gives up is an alert, which is over when the service is ready again', async () => {
    const taken = await receiver();
    const busy = createServer();
    await new Promise<void>((done) => busy.listen(0, '127.0.0.1', done));
    const { port } = busy.address() as AddressInfo;
    const { child, events } = supervise(['--restarts', '1', '--', '--port', String(port)]);
    await once(child, 'exit');
    busy.close();
    expect(child.exitCode).toBe(1);
    expect(events.map(({ kind }) => kind)).toEqual(['restarting', 'given up']);
    await until(() => taken.length === 1, 'the alert has come');
    expect(told(taken)).toEqual(['service_down firing']);

    const again = supervise(['--', '--port', String(port)]);
    await until(() => taken.length === 2, 'its end has come');
    expect(told(taken)).toEqual(['service_down firing', 'service_down resolved']);
    again.child.kill('SIGTERM');
    await once(again.child, 'exit');
  });
});
