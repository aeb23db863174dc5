import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

/** True while a process of that id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The ids of the processes whose command line holds all of `words`. */
export async function processesWith(...words: readonly string[]): Promise<number[]> {
  const lines = existsSync('/proc/self/cmdline') ? await procLines() : await psLines();
  return lines
    .filter(([pid, line]) => pid !== process.pid && words.every((word) => line.includes(word)))
    .map(([pid]) => pid);
}

// --- internal ---

async function procLines(): Promise<[number, string][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid): Promise<[number, string]> => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended
      return [Number(pid), line.replaceAll('\0', ' ')];
    }),
  );
}

async function psLines(): Promise<[number, string][]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,command=']);
  return stdout.split('\n').map((line): [number, string] => {
    const [pid = '', ...rest] = line.trim().split(' ');
    return [Number(pid), rest.join(' ')];
  });
}
