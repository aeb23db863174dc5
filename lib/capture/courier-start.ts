import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The process id that the liveness hint names, if such a process of ours lives; else undefined. */
export function courierLives(pidFile: string): number | undefined {
  try {
    const text = readFileSync(pidFile, 'utf8').trim(); // the one encoding that Node.js reads at once
    if (!/^[1-9]\d{0,9}$/.test(text)) return undefined;
    const pid = Number(text);
    process.kill(pid, 0);
    return isZombie(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

export interface StartOptions {
  readonly home: string;
  /** The bundle to run, `dist/courier.cjs`. */
  readonly courier: string;
  /** The Node.js executable. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a courier in a session of its own, with every descriptor on the null device, and returns at
 * once with its process id. It is given only the variables it needs: a hook's environment holds keys.
 */
export function startCourier({ home, courier, node, env }: StartOptions): number | undefined {
  // Loaded here and not above: nearly every hook finds a courier alive.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(node, [courier, '--home', home], {
    cwd: dirname(courier), // not the project's folder, which the user may want to remove
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name))),
  });
  child.on('error', () => {}); // Node is gone: the events wait, and doctor says so
  child.unref();
  return child.pid;
}

// --- internal ---

/** In a container whose first process reaps nobody, the dead stay on as zombies. */
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
