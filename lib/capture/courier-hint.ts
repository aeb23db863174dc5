import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import type { CapturePaths } from '../base/paths.ts';
import { makeWayForFile } from '../base/regular-file.ts';

/**
 * How long a hint stands for a courier that cannot be looked at, because it runs in another container, in
 * milliseconds. The courier renews its hint long before.
 */
export const HINT_MS = 30_000;

/** The courier that the file `courier.hint` names. */
export interface LivingCourier {
  /** As its own container numbers it; null for one of which only its lock is known. */
  readonly pid: number | null;
  /** False when it runs in another container, where no signal reaches it. */
  readonly isHere: boolean;
  /** For how long it has given no sign, in milliseconds. */
  readonly silentMs: number;
}

/**
 * The courier that the hint in `hintFile` names, if it lives. A process of this container lives if it has the id and was
 * started when the hint says: the id alone may have gone to a stranger. Of another container, or of another machine
 * with the same folder, processes cannot be seen: there a hint counts until the time in its mtime, by which a courier
 * that lives has renewed it.
 */
export function livingCourier(hintFile: string): LivingCourier | undefined {
  try {
    const stats = statSync(hintFile);
    if (!stats.isFile()) return undefined; // reading a FIFO would wait
    const text = readFileSync(hintFile, 'utf8').trim(); // 'utf8' takes the fast path of Node.js
    const [id = '', started, place] = text.split(/[ \n]/);
    const pid = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : null;
    const leftMs = stats.mtimeMs - Date.now(); // a longer time than HINT_MS was set by another clock
    const silentMs = leftMs > 0 ? HINT_MS - leftMs : -leftMs; // a starting one's hint lasts no time
    if (pid !== null && isProcess(pid, started)) return { pid, isHere: true, silentMs };
    if (place === undefined || leftMs <= 0 || leftMs > HINT_MS) return undefined;
    return place === ownPlace() ? undefined : { pid, isHere: false, silentMs };
  } catch {
    return undefined;
  }
}

/** The process id of the courier that lives in this container; undefined if none does. */
export function courierLives(hintFile: string): number | undefined {
  const found = livingCourier(hintFile);
  return found?.isHere ? (found.pid ?? undefined) : undefined;
}

/** The hint for a process of this container: its id, when it was started, and where. */
export function hintText(pid: number): string {
  return `${pid} ${startOf(pid) ?? '-'}\n${ownPlace()}\n`;
}

/** The hint for a courier of which only its lock is known: it lives in another container, or is only starting. */
export const UNSEEN_HINT = '- -\nelsewhere\n';

/** Names a process that is about to be the courier. Other containers do not believe it yet. @throws the system's error */
export function announceCourier(
  { courierHint, courierPid }: Pick<CapturePaths, 'courierHint' | 'courierPid'>,
  pid: number,
): void {
  for (const [path, text] of [
    [courierHint, hintText(pid)],
    [courierPid, `${pid}\n`],
  ] as const) {
    makeWayForFile(path);
    writeFileSync(path, text, { mode: 0o600 });
  }
}

/** Writes a hint that counts in other containers for {@link HINT_MS}. @throws the system's error */
export function writeHint(hintFile: string, text: string): void {
  makeWayForFile(hintFile);
  writeFileSync(hintFile, text, { mode: 0o600 });
  renewHint(hintFile);
}

/** Lets the hint count from now on. @throws the system's error */
export function renewHint(hintFile: string): void {
  const now = Date.now();
  utimesSync(hintFile, now / 1000, (now + HINT_MS) / 1000);
}

/** What the kernel says a process is doing, as one letter, such as `T` for stopped; undefined when nobody knows. */
export function processState(pid: number): string | undefined {
  return processWords(pid)?.[2];
}

// --- internal ---

const IS_LINUX = process.platform === 'linux';

function isProcess(pid: number, started: string | undefined): boolean {
  if (!IS_LINUX) return process.kill(pid, 0); // only Linux tells the start without another process
  return started !== undefined && startOf(pid) === started;
}

/** When a process was started, in ticks since the machine was; undefined for one that has ended. */
function startOf(pid: number): string | undefined {
  const words = processWords(pid);
  // In a container whose first process does not reap its children, dead processes remain as zombies.
  return words?.[2] === 'Z' ? undefined : words?.[21];
}

/**
 * What /proc tells of a process, by words, as capture.sh reads it: blanks in the name of a program shift the words, which
 * are then those of another process less surely.
 */
function processWords(pid: number): string[] | undefined {
  if (!IS_LINUX) return undefined;
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  } catch {
    return undefined; // it has ended, or belongs to somebody else and is hidden
  }
}

/** What tells this container from others on the machine, and this start of the machine from others. */
function ownPlace(): string {
  return `${bootId()}:${startOf(1) ?? ''}`; // each container has a first process of its own
}

function bootId(): string {
  try {
    return IS_LINUX ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';
  } catch {
    return '';
  }
}
