import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { readRegularFile } from '../base/regular-file.ts';

/**
 * Asks the courier of `home` to leave (SIGTERM), so that the next hook starts a new one. Returns its
 * process id; undefined when none runs. A process that has the id but is not known to be a courier of
 * this home is left alone.
 */
export function stopCourier(home: string, pidFile: string): number | undefined {
  const pid = readPid(pidFile);
  if (pid === undefined || !isCourier(commandLine(pid), home)) return undefined;
  try {
    process.kill(pid, 'SIGTERM');
    return pid;
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** Waits until the process has ended, at most `limitMs` milliseconds. Returns false if it still runs. */
export async function processEnd(pid: number, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += POLL_MS) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await setTimeout(POLL_MS);
  }
  return false;
}

// --- internal ---

/** How often to look whether the process still runs, in milliseconds. */
const POLL_MS = 25;

function readPid(pidFile: string): number | undefined {
  try {
    const text = readRegularFile(pidFile).trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isCourier(line: string, home: string): boolean {
  return /courier\.(?:cjs|ts)/.test(line) && line.includes(home);
}

/** The arguments of a process, joined by spaces; '' when neither /proc nor ps knows them. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // no /proc here, or no such process
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2000,
    });
  } catch {
    return '';
  }
}
