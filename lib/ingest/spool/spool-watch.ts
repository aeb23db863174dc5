import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

/** A burst of events is taken together: so long after the first, in milliseconds. */
const SETTLE_MS = 20;

/** Wakes the courier when a file arrives; where the system can't tell, the wait just runs out. */
export class SpoolWatch {
  readonly #folder: string;
  #watcher: FSWatcher | undefined;
  #isPaused = false;
  #arrived = false;
  #wake: (() => void) | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#watch();
  }

  /** Resolves when something has arrived since the last wait, after `ms` milliseconds, or on abort. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#arrived) await this.#sleep(ms, signal);
    if (this.#arrived && !signal.aborted) await new Promise((done) => setTimeout(done, SETTLE_MS));
    this.#arrived = false;
  }

  /** Ends a wait, as an arrival does. */
  wake(): void {
    this.#notice();
  }

  /** Looks away while many files are removed, of which it would tell one by one. */
  pause(): void {
    this.close();
    this.#isPaused = true;
  }

  /** Watches again; what has arrived meanwhile ends the next wait. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#watch();
    this.#notice();
  }

  close(): void {
    this.#watcher?.close();
  }

  #watch(): void {
    try {
      const watcher = watch(this.#folder, () => this.#notice());
      watcher.on('error', () => watcher.close());
      this.#watcher = watcher;
    } catch {
      this.#watcher = undefined; // no inotify left, a network file system: the poll remains
    }
  }

  #notice(): void {
    this.#arrived = true;
    this.#wake?.();
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(finish, ms);
      const wake = finish;
      function finish(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        done();
      }
      this.#wake = wake;
      signal.addEventListener('abort', wake);
      if (signal.aborted) finish();
    });
    this.#wake = undefined;
  }
}
