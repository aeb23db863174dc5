import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The process id in the file `courier.pid`, if that process is alive and ours; else undefined. */
export function courierLives(pidFile: string): number | undefined {
  try {
    const text = readFileSync(pidFile, 'utf8').trim(); // 'utf8' takes the fast path of Node.js
    if (!/^[1-9]\d{0,9}$/.test(text)) return undefined;
    const pid = Number(text);
    process.kill(pid, 0);
    return isZombie(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

/** What {@link startCourier} needs. */
export interface StartOptions {
  /** The installation's folder, absolute. */
  readonly home: string;
  /** The bundle to run, `dist/courier.cjs`. */
  readonly courier: string;
  /** The Node.js executable. */
  readonly node: string;
  /** The caller's environment, of which the courier gets a few variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a courier in a session of its own, with every descriptor on the null device, and returns its
 * process id at once. The courier gets only the variables it needs, because a hook's environment holds
 * secrets. Undefined when Node.js could not start it.
 */
export function startCourier({ home, courier, node, env }: StartOptions): number | undefined {
  // Loaded here because nearly every hook finds a courier alive and never gets this far.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(node, [courier, '--home', home], {
    cwd: dirname(courier), // not the project's folder, which the user may want to remove
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name))),
  });
  child.on('error', () => {}); // Node.js is gone: the events wait in the spool, and doctor reports it
  child.unref();
  return child.pid;
}

// --- internal ---

/** In a container whose first process does not reap its children, dead processes remain as zombies. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const PASSED_ON =
  /^(?:HOME|USERPROFILE|PATH|TZ|LANG|LC_ALL|TMPDIR|TEMP|TMP|SystemRoot|CLAUDE_CONFIG_DIR|PATTERN_TRACKER_\w+)$/i;
