import { rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Script } from 'node:vm';
import { TrackerError, errorCode } from '../base/errors.ts';
import { asNumber, asString, isJsonObject } from '../base/json.ts';
import { makeWayForFile, readRegularFile } from '../base/regular-file.ts';
import type { SpoolFile } from './spool/spool-reader.ts';

/** How long the courier may work on some files, in milliseconds; 1,024 ordinary ones take a second or two. */
export interface WorkLimits {
  /** @default 60,000 */
  readonly togetherMs?: number;
  /** For one file alone. @default 20,000 */
  readonly aloneMs?: number;
}

/** So often may a courier die or run out of time on one file, alone, before that file is set aside. */
const MAX_STRIKES = 3;
/** How many files are taken one by one after a death: as many as one batch takes at most, one of which is to blame. */
const SUSPECTS = 1024;
/** How many files' strikes are remembered. */
const MAX_REMEMBERED = 1000;

/** Thrown when files took longer than they may. Code `E_OUT_OF_TIME`. */
export class OutOfTimeError extends TrackerError {
  override readonly name = 'OutOfTimeError';

  constructor(ms: number, cause: unknown) {
    super('E_OUT_OF_TIME', `it took longer than ${ms} ms`, { cause });
  }
}

/**
 * Sees to it that no event stops all others. While the courier works on files, a note on disk says so. Work that
 * takes too long is broken off. After a death or a timeout, the files are taken one by one until the one to
 * blame stands alone; three strikes on that very file, and it has to be set aside.
 */
export class WorkGuard {
  readonly #path: string;
  readonly #limits: Required<WorkLimits>;
  readonly #strikes = new Map<string, number>();
  #suspects = 0;
  #isHeld = false;

  /** `path` is the note's, a file. */
  constructor(path: string, { togetherMs = 60_000, aloneMs = 20_000 }: WorkLimits = {}) {
    this.#path = path;
    this.#limits = { togetherMs, aloneMs };
  }

  /**
   * Reads the note that a courier which died at work has left. Returns the name of the file that has to be set
   * aside, undefined if none has to.
   */
  recover(): string | undefined {
    const note = this.#read();
    if (!note) return undefined;
    this.#suspects = SUSPECTS;
    if (note.file !== null) {
      this.#strikes.set(note.file, note.strikes + 1);
      if (note.strikes + 1 >= MAX_STRIKES) {
        this.#erase();
        return note.file;
      }
    }
    return undefined; // the note stays until the next work, in case this courier dies before that
  }

  /** True while files are taken one by one because a courier died; a thread must not work ahead then. */
  get isCareful(): boolean {
    return this.#suspects > 0;
  }

  /** True when the files of a batch have to be taken one by one. */
  mustPart(files: readonly SpoolFile[]): boolean {
    return this.isCareful || files.some(({ name }) => this.#strikes.has(name));
  }

  /**
   * Does `work` on `files`. Call it inside of the transaction, so that neither a locked database nor a slow disk
   * counts against an event.
   *
   * @throws OutOfTimeError when it takes too long; what `work` throws
   */
  during(files: readonly SpoolFile[], work: () => void): void {
    const { togetherMs, aloneMs } = this.#limits;
    const [first] = files;
    const alone = files.length === 1 ? first?.name : undefined;
    if (!this.#isHeld) this.#write(alone ?? null);
    const ms = alone === undefined ? togetherMs : aloneMs;
    try {
      withinTime(ms, work);
      if (alone !== undefined) this.#strikes.delete(alone);
    } catch (error) {
      if (errorCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      if (alone !== undefined) this.#strike(alone);
      throw new OutOfTimeError(ms, error);
    } finally {
      if (alone !== undefined && this.#suspects > 0) this.#suspects -= 1;
      if (!this.#isHeld) this.#erase();
    }
  }

  /** True when a file has run out of time so often that it has to be set aside. */
  isGuilty({ name }: SpoolFile): boolean {
    return (this.#strikes.get(name) ?? 0) >= MAX_STRIKES;
  }

  /** Ends the care, once all files that waited were taken: none of them is to blame. */
  endCare(): void {
    this.#suspects = 0;
  }

  /** Leaves a note, which names no file, until `release`: while a thread works ahead, on files of its own. */
  hold(): void {
    this.#isHeld = true;
    this.#write(null);
  }

  /** Ends what `hold` began. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#erase();
  }

  #strike(name: string): void {
    const strikes = (this.#strikes.get(name) ?? 0) + 1;
    if (this.#strikes.size >= MAX_REMEMBERED) this.#strikes.clear();
    this.#strikes.set(name, strikes);
  }

  /** Not synced: it has to outlive the process, and a power cut blames no event. */
  #write(file: string | null): void {
    const strikes = file === null ? 0 : (this.#strikes.get(file) ?? 0);
    try {
      makeWayForFile(this.#path);
      writeFileSync(this.#path, JSON.stringify({ file, strikes }), { mode: 0o600 });
    } catch {
      // A full disk: ingest fails soon enough by itself.
    }
  }

  #erase(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // As above. At worst the next courier is careful without need.
    }
  }

  #read(): { file: string | null; strikes: number } | undefined {
    try {
      const note: unknown = JSON.parse(readRegularFile(this.#path));
      if (!isJsonObject(note)) return { file: null, strikes: 0 };
      const file = asString(note['file']) ?? null;
      return {
        file: file !== null && basename(file) === file ? file : null,
        strikes: asNumber(note['strikes']) ?? 0,
      };
    } catch (error) {
      // Half a note: the courier died as it began.
      return error instanceof SyntaxError ? { file: null, strikes: 0 } : undefined;
    }
  }
}

// --- internal ---

const WORK = Symbol.for('pattern-tracker.work');
/** A script, because Node.js breaks off nothing else. What it breaks off runs no `catch` and no `finally`. */
const CALL = new Script("globalThis[Symbol.for('pattern-tracker.work')]()");

/** Does `work`; throws ERR_SCRIPT_EXECUTION_TIMEOUT after `ms` milliseconds. */
function withinTime(ms: number, work: () => void): void {
  const place = globalThis as { [WORK]?: () => void };
  place[WORK] = work;
  try {
    CALL.runInThisContext({ timeout: ms });
  } finally {
    delete place[WORK];
  }
}
