import { delimiter, dirname } from 'node:path';

/** What {@link startCourier} needs. */
export interface StartOptions {
  /** The installation's folder, absolute. */
  readonly home: string;
  /** The bundle to run, `dist/courier.cjs`. */
  readonly courier: string;
  /** The Node.js executable. */
  readonly node: string;
  /** The caller's environment, of which the courier gets a few variables, but not PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a courier in a session of its own, with every descriptor on the null device, and returns its
 * process id at once. The courier gets only the variables it needs, because a hook's environment holds
 * secrets, and variables that a project has set. Undefined when Node.js could not start it.
 */
export function startCourier({ home, courier, node, env }: StartOptions): number | undefined {
  // Loaded here because nearly every hook finds a courier alive and never gets this far.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(node, [courier, '--home', home], {
    cwd: dirname(courier), // not the project's folder, which the user may want to remove
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: { ...ownVariables(env, node), ...ALLOCATION },
  });
  child.on('error', () => {}); // Node.js is gone: the events wait in the spool, and doctor reports it
  child.unref();
  return child.pid;
}

/**
 * How glibc hands out memory to a courier: from one place for all threads, and what is free at its end goes back. Else much
 * stays with it in pieces: of 60,000 waiting events, 155 MB at most and not 139. hooks/capture.sh says the same.
 */
export const ALLOCATION = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' } as const;

/**
 * The variables of an environment that no project has set, and that a program of ours needs. PATH is none of them:
 * programs, such as npm, are found beside `node` or where the system has them.
 */
export function ownVariables(env: StartOptions['env'], node: string): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && PASSED_ON.test(name)) own[name] = value;
  }
  return { ...own, PATH: [dirname(node), ...SYSTEM_FOLDERS].join(delimiter) };
}

// --- internal ---

const IS_WINDOWS = process.platform === 'win32';

/**
 * Claude Code takes none of them from a project's settings; `TMP` and `TEMP` are only Windows's. Language and time
 * zone are not among them: if a project had them name a FIFO, the C library would never return from opening it.
 */
const PASSED_ON = IS_WINDOWS
  ? /^(?:USERPROFILE|APPDATA|TEMP|TMP|SystemRoot|CLAUDE_CONFIG_DIR)$/i
  : /^(?:HOME|TMPDIR|CLAUDE_CONFIG_DIR)$/;

const SYSTEM_FOLDERS = IS_WINDOWS
  ? ['C:\\Windows\\System32']
  : ['/usr/local/bin', '/usr/bin', '/bin'];
