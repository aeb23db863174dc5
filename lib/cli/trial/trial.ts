import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { countersOf } from '../../store/queries/totals.ts';
import { listToolCalls } from '../../store/queries/tool-calls.ts';
import type { ListedToolCall } from '../../store/queries/tool-calls.ts';
import { readCourier } from '../../health/courier-facts.ts';
import type { CliEnvironment } from '../environment.ts';
import { captureScript } from '../../install/program/installed-files.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import type { RegistrationReport } from '../../install/settings/registration.ts';
import { counted } from '../../base/amount-text.ts';
import { readSpool } from '../../health/spool-facts.ts';
import { span } from '../../base/time-text.ts';
import { callHook } from './hook-call.ts';
import type { CalledHook } from './hook-call.ts';
import { testEvent } from './test-events.ts';
import type { TestCall, TestEventName } from './test-events.ts';

/** One link of the test event's way to the database, and whether the event passed it. */
export type TrialStep = { readonly id: string; readonly title: string; readonly found: string } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly mend: string }
);

/** Which call to send, and how long to wait for it. */
export interface TrialOptions extends TestCall {
  /** The longest wait for a courier, and again for the row in the database, in milliseconds. */
  readonly timeoutMs: number;
}

/** Sends one tool call through the hook and follows it; stops at the first link that is broken. */
export async function* runTrial(
  cli: CliEnvironment,
  options: TrialOptions,
): AsyncGenerator<TrialStep> {
  for (const step of [findHooks, callHooks, checkSpool, waitForCourier, waitForRow]) {
    const passed = await step(cli, options);
    yield passed;
    if (!passed.ok) return;
  }
}

/** The registered hook; if none is registered for any event, the installed sh front. */
export function hookFor(
  event: TestEventName,
  registration: RegistrationReport,
  cli: CliEnvironment,
): CalledHook | undefined {
  const registered = registration.hooks.find((hook) => hook.event === event);
  if (registered || registration.hooks.length > 0) return registered;
  const script = captureScript(cli);
  return script === undefined ? undefined : { command: script, args: [] };
}

// --- internal ---

const DOCTOR = 'Run `pattern-tracker doctor`.';
const POLL_MS = 50;
/** The same 10 seconds after which Claude Code stops a hook of ours. */
const HOOK_TIMEOUT_MS = 10_000;
const EVENTS: readonly TestEventName[] = ['PreToolUse', 'PostToolUse'];

function findHooks(cli: CliEnvironment): TrialStep {
  const step = { id: 'hook', title: 'Hook' };
  const registration = readRegistration(cli);
  if (cli.env['PATTERN_TRACKER_DISABLED'] === '1') {
    return broken(step, 'PATTERN_TRACKER_DISABLED=1 is set, so hooks do nothing', 'Unset it.');
  }
  if (registration.hooksDisabledIn !== undefined) {
    const file = registration.hooksDisabledIn;
    return broken(
      step,
      `"disableAllHooks" is true in ${file}`,
      'Remove it there; until then no hook runs.',
    );
  }
  const hook = hookFor('PreToolUse', registration, cli);
  if (!hook) {
    return broken(
      step,
      'no hook is registered, and none is installed',
      'Run `pattern-tracker install`.',
    );
  }
  const isRegistered = registration.hooks.some(({ event }) => event === 'PreToolUse');
  const text = [hook.command, ...(hook.args ?? [])].join(' ');
  return passed(step, isRegistered ? text : `${text} (installed; not in any settings)`);
}

async function callHooks(cli: CliEnvironment, options: TrialOptions): Promise<TrialStep> {
  const step = { id: 'hook_run', title: 'Hook runs' };
  const registration = readRegistration(cli);
  const before = dropsOf(cli);
  const times: string[] = [];
  for (const event of EVENTS) {
    const hook = hookFor(event, registration, cli);
    if (!hook)
      return broken(step, `no hook is registered for ${event}`, 'Run `pattern-tracker install`.');
    const answer = await callHook(hook, testEvent(event, options), cli, HOOK_TIMEOUT_MS);
    if (answer.problem !== undefined) {
      return broken(step, `${event}: ${answer.problem}`, DOCTOR);
    }
    if (answer.exitCode !== 0) {
      return broken(
        step,
        `${event}: it ended with ${answer.exitCode ?? 'a signal'} ${answer.printed.trim()}`.trim(),
        'Claude Code would show that as an error. Run `pattern-tracker doctor`.',
      );
    }
    if (answer.printed !== '') {
      return broken(
        step,
        `${event}: it printed "${answer.printed.trim().slice(0, 200)}"`,
        'Claude Code may pass that to the model. Run `pattern-tracker install`.',
      );
    }
    times.push(span(answer.tookMs));
  }
  if (dropsOf(cli) > before) {
    return readSpool(cli.paths).isFull
      ? broken(step, 'the spool is full: the hook dropped the event and counted it', DOCTOR)
      : broken(step, 'the hook could not write the event, and counted it as dropped', DOCTOR);
  }
  return passed(step, `exit code 0, nothing printed, ${times.join(' and ')}`);
}

/** Whether the event reached the spool. A courier may have taken it out again already. */
function checkSpool(cli: CliEnvironment, { sessionId }: TrialOptions): TrialStep {
  const step = { id: 'spool', title: 'Spool' };
  const { paths } = cli;
  if (!existsSync(paths.spoolNew)) {
    return broken(
      step,
      `the hook wrote nothing: there is no ${paths.spoolNew}`,
      'It may use another home: compare HOME and CLAUDE_CONFIG_DIR here and in Claude Code. Hooks do not obey PATTERN_TRACKER_HOME.',
    );
  }
  const spool = readSpool(paths);
  if (spool.isFull) {
    return broken(
      step,
      `full: ${counted(spool.waiting, 'file')} wait, and new events are dropped`,
      'Run `pattern-tracker doctor`: the courier does not ingest them.',
    );
  }
  if (spool.waiting === 0) return passed(step, 'written, and already taken out by a courier');
  return passed(step, `${counted(spool.waiting, 'file')} waiting (session ${sessionId})`);
}

async function waitForCourier(
  cli: CliEnvironment,
  { timeoutMs }: TrialOptions,
): Promise<TrialStep> {
  const step = { id: 'courier', title: 'Courier' };
  const alive = await poll(timeoutMs, () => {
    const report = readCourier(cli.paths);
    return report.pid === null || report.status === 'starting' ? undefined : report;
  });
  const report = alive ?? readCourier(cli.paths);
  if (report.status === 'degraded') {
    return broken(
      step,
      `it runs, but cannot ingest: ${report.reason ?? 'it gives no reason'}`,
      report.hint ?? DOCTOR,
    );
  }
  if (report.status === 'stalled')
    return broken(step, `it lives, but ${report.reason}`, report.hint ?? DOCTOR);
  if (alive) return passed(step, `${alive.status}, pid ${alive.pid}`);
  if (readSpool(cli.paths).waiting === 0) return passed(step, 'has run and ended');
  return broken(step, `none runs after ${span(timeoutMs)}`, DOCTOR);
}

async function waitForRow(cli: CliEnvironment, options: TrialOptions): Promise<TrialStep> {
  const step = { id: 'database', title: 'Database' };
  let problem: TrackerError | undefined;
  let last: ListedToolCall | undefined;
  const startedAt = performance.now();
  const row = await poll(options.timeoutMs, () => {
    try {
      last = callIn(cli, options) ?? last;
      problem = undefined; // the database was only being made
      return last?.outcome === 'ok' ? last : undefined;
    } catch (error) {
      problem =
        error instanceof TrackerError ? error : new TrackerError('E_DATABASE', errorMessage(error));
      return undefined;
    }
  });
  if (row) {
    return passed(step, `holds the tool call, after ${span(performance.now() - startedAt)}`);
  }
  if (last)
    return broken(step, `only half of the call arrived: it is ${last.outcome}`, 'Run it again.');
  return rowMissing(cli, options, step, problem);
}

function rowMissing(
  cli: CliEnvironment,
  { timeoutMs }: TrialOptions,
  step: Pick<TrialStep, 'id' | 'title'>,
  problem: TrackerError | undefined,
): TrialStep {
  const { waiting, dropped } = readSpool(cli.paths);
  const { status, reason, hint } = readCourier(cli.paths);
  if (status === 'degraded' || status === 'stalled')
    return broken(step, reason ?? 'the courier is degraded', hint ?? DOCTOR);
  if (problem) return broken(step, problem.message, problem.hint ?? DOCTOR);
  if (waiting > EVENTS.length) {
    return broken(
      step,
      `not there after ${span(timeoutMs)}; ${counted(waiting, 'file')} wait before it`,
      'Wait until the courier has ingested them, or allow more time: --timeout 120',
    );
  }
  if (dropped.unwritable > 0) {
    return broken(
      step,
      `not there after ${span(timeoutMs)}; events were dropped: the disk is full`,
      DOCTOR,
    );
  }
  const isBad = namesIn(cli.paths.spoolBad).length > 0;
  const where = isBad
    ? `; it may be in ${cli.paths.spoolBad}`
    : hasExcluded(cli)
      ? '; `capture.exclude_tools` may keep nothing of it: it is a call of Read'
      : '';
  return broken(step, `not there after ${span(timeoutMs)}${where}`, DOCTOR);
}

/** True when the capture policy has excluded events. */
function hasExcluded({ paths }: CliEnvironment): boolean {
  return (readDatabase(paths.database, countersOf)?.['excluded'] ?? 0) > 0;
}

function callIn(cli: CliEnvironment, { sessionId }: TestCall): ListedToolCall | undefined {
  return readDatabase(cli.paths.database, (database) =>
    listToolCalls(database, { session: sessionId, limit: 1, withTests: true }),
  )?.[0];
}

function dropsOf(cli: CliEnvironment): number {
  const { unwritable, spoolFull } = readSpool(cli.paths).dropped;
  return unwritable + spoolFull;
}

async function poll<T>(timeoutMs: number, look: () => T | undefined): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() >= deadline) return found;
    await delay(POLL_MS);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function passed(step: Pick<TrialStep, 'id' | 'title'>, found: string): TrialStep {
  return { ...step, ok: true, found };
}

function broken(step: Pick<TrialStep, 'id' | 'title'>, found: string, mend: string): TrialStep {
  return { ...step, ok: false, found, mend };
}
