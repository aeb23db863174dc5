import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { patience } from '../../support/patience.ts';
import type { ClaudeInstall } from './claude-install.ts';
import type { Sandbox } from './sandbox.ts';
import { startScriptedModel } from './scripted-model.ts';
import type { ModelRequest, Script } from './scripted-model.ts';
import { readTranscript } from './transcript.ts';
import type { TranscriptCall } from './transcript.ts';

/** How a session ended, and all it left behind. */
export interface ClaudeRun {
  readonly sessionId: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wallMs: number;
  /** Every tool call of the session's transcripts, the main one's first. */
  readonly calls: readonly TranscriptCall[];
  readonly requests: readonly ModelRequest[];
}

/** A session under way. */
export interface ClaudeSession {
  readonly sessionId: string;
  readonly pid: number;
  readonly ended: Promise<ClaudeRun>;
}

export interface ClaudeRunOptions {
  readonly claude: ClaudeInstall;
  readonly sandbox: Sandbox;
  readonly script: Script;
  /** @default true: no tool asks for permission */
  readonly bypassPermissions?: boolean;
  /** Further arguments, such as `--plugin-dir`. */
  readonly args?: readonly string[];
}

/** Lets Claude Code start without an account, and keeps it from connecting to anything but the model. */
export const CLAUDE_ENV = {
  ANTHROPIC_API_KEY: 'dummy',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
} as const;

/** Runs one headless session of Claude Code against a scripted model, to its end. */
export async function runClaude(options: ClaudeRunOptions): Promise<ClaudeRun> {
  return (await startClaude(options)).ended;
}

/** Starts one headless session, for tests that end it from outside. */
export async function startClaude(options: ClaudeRunOptions): Promise<ClaudeSession> {
  const { claude, sandbox, script, bypassPermissions = true, args = [] } = options;
  const model = await startScriptedModel(script);
  const sessionId = randomUUID();
  const [program, ...first] = claude.command;
  const begun = performance.now();
  const child = spawn(
    program,
    [
      ...first,
      ...HEADLESS,
      '--session-id',
      sessionId,
      ...(bypassPermissions ? ['--permission-mode', 'bypassPermissions'] : []),
      ...args,
    ],
    {
      cwd: sandbox.project,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...sandbox.env,
        ANTHROPIC_BASE_URL: model.url,
        ...CLAUDE_ENV,
        IS_SANDBOX: '1', // else bypassPermissions is refused to root
      },
    },
  );
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);

  // `exit`, not `close`: a command that outlives Claude may hold its output.
  const exited = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    },
  );
  const ended = exited
    .then(async (how) => {
      const wallMs = performance.now() - begun;
      await drained(child.stdout, child.stderr);
      const calls = await readTranscript(sandbox.claudeFolder, sessionId);
      return { sessionId, ...output, ...how, wallMs, calls, requests: model.requests };
    })
    .finally(async () => {
      clearTimeout(limit);
      await model.close();
    });
  if (child.pid === undefined) await ended; // throws: it could not be started
  return { sessionId, pid: child.pid ?? 0, ended };
}

// --- internal ---

const HEADLESS = ['-p', 'Run the script.', '--output-format', 'stream-json', '--verbose'];

/** Past it a session is killed, which fails the test. In milliseconds. */
const LIMIT_MS = 600_000 * patience;
/** How long output may still come after Claude's exit, in milliseconds. */
const DRAIN_MS = 1_000;

async function drained(...streams: readonly NodeJS.ReadableStream[]): Promise<void> {
  const ends = streams.map(
    (stream) =>
      new Promise<void>((resolve) => (stream.readable ? stream.once('close', resolve) : resolve())),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
  await Promise.race([Promise.all(ends), late]);
  clearTimeout(timer);
}
