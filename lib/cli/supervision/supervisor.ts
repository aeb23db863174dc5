import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { asString, isJsonObject } from '../../base/json.ts';

/** How a program is kept running. Times are milliseconds. */
export interface SupervisorOptions {
  /** The words that start it. It prints `{"url": …}` as its first line when it is ready. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How often it may be started again before that counts as vain. */
  readonly restarts: number;
  readonly probeEveryMs: number;
  /** How long it may take to get ready. */
  readonly readyMs: number;
  /** After so long in health, earlier restarts no longer count. */
  readonly steadyMs: number;
  /** The first wait before a restart; each further one is twice as long, up to a minute. */
  readonly waitMs: number;
  readonly onEvent: (event: SupervisorEvent) => void | Promise<void>;
}

/** What happens to the program. */
export type SupervisorEvent =
  | { readonly kind: 'ready'; readonly url: string; readonly pid: number }
  /** It ended, or was ended because it did not answer; `restart` counts from 1. */
  | {
      readonly kind: 'restarting';
      readonly why: string;
      readonly restart: number;
      readonly waitMs: number;
    }
  | { readonly kind: 'given up'; readonly why: string };

/** How it came to an end: `stopped` by the signal or by itself with 0, or given up. */
export type SupervisorEnd = 'stopped' | 'given up';

/**
 * Keeps a program running until `signal` aborts: starts it again when it ends, or when its health cannot be asked three
 * times in a row. Wrong usage (exit code 2) is given up at once, because no restart mends it.
 */
export async function supervise(
  options: SupervisorOptions,
  signal: AbortSignal,
): Promise<SupervisorEnd> {
  const { restarts, waitMs: firstWaitMs, steadyMs, onEvent } = options;
  for (let restart = 1; ; restart += 1) {
    const startedAt = performance.now();
    const { why, isFinal } = await runOnce(options, signal);
    if (why === undefined || signal.aborted) return 'stopped';
    if (performance.now() - startedAt >= steadyMs) restart = 1;
    if (isFinal || restart > restarts) {
      await onEvent({ kind: 'given up', why });
      return 'given up';
    }
    const waitMs = Math.min(MAX_WAIT_MS, firstWaitMs * 2 ** (restart - 1));
    await onEvent({ kind: 'restarting', why, restart, waitMs });
    await sleep(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return 'stopped';
  }
}

// --- internal ---

const MAX_WAIT_MS = 60_000;
/** How long an answer may take, and after how many missing ones in a row it is ended. */
const PROBE_MS = 5_000;
const MOST_MISSED = 3;
/** It has so long to finish what it has begun; the service takes 25 s. */
const GRACE_MS = 30_000;
const USAGE = 2;

interface Outcome {
  /** Why it has to be started again; undefined when it does not. */
  readonly why: string | undefined;
  readonly isFinal?: boolean;
}

async function runOnce(options: SupervisorOptions, signal: AbortSignal): Promise<Outcome> {
  const [program, ...args] = options.command;
  const child = spawn(program, args, { env: options.env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(
    () => undefined,
    (error: unknown) => String(error),
  );
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const sick = watch(child, options, watching);
  try {
    const first = await Promise.race([ended, sick, aborted(watching)]);
    if (signal.aborted) {
      await end(child);
      return { why: undefined };
    }
    if (child.exitCode === null && child.signalCode === null && first !== undefined) {
      await end(child);
      return { why: first };
    }
    await ended;
    if (child.exitCode === 0) return { why: undefined };
    const why = `it ended with ${child.signalCode ?? child.exitCode ?? 'an error'}`;
    return { why, isFinal: child.exitCode === USAGE };
  } finally {
    stop.abort();
  }
}

/** Waits until it is ready, and then asks it; resolves to what is wrong with it, once something is. */
async function watch(
  child: ChildProcess,
  { probeEveryMs, readyMs, onEvent }: SupervisorOptions,
  signal: AbortSignal,
): Promise<string> {
  const url = await Promise.race([
    readyUrl(child),
    sleep(readyMs, undefined, { signal }).catch(() => undefined),
  ]);
  if (url === undefined) {
    if (signal.aborted || child.exitCode !== null) return await never();
    return `it was not ready after ${readyMs / 1000} s`;
  }
  await onEvent({ kind: 'ready', url, pid: child.pid ?? 0 });
  for (let missed = 0; missed < MOST_MISSED;) {
    await sleep(probeEveryMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return await never();
    missed = (await answers(new URL('/health/live', url))) ? 0 : missed + 1;
  }
  return `it did not answer ${MOST_MISSED} times in a row`;
}

async function readyUrl(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    try {
      const value: unknown = JSON.parse(line);
      url = isJsonObject(value) ? asString(value['url']) : undefined;
    } catch {
      continue; // it says something else
    }
    if (url !== undefined) break;
  }
  child.stdout.resume(); // what it prints later is nobody's
  return url ?? (await never());
}

/** Whether it is alive: any answer counts. Its certificate may be for another name than this machine uses. */
async function answers(url: URL): Promise<boolean> {
  return await new Promise((done) => {
    const options = { timeout: PROBE_MS, rejectUnauthorized: false };
    const request = (url.protocol === 'https:' ? httpsGet : httpGet)(url, options, (response) => {
      response.resume();
      done((response.statusCode ?? 500) < 500);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGCONT'); // one that is stopped cannot end
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await exit;
  clearTimeout(timer);
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
  return undefined;
}

async function never(): Promise<never> {
  return await new Promise<never>(() => {});
}
