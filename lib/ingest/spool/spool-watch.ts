import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

/** How long to wait after the first event of a burst, to ingest the burst together, in milliseconds. */
const SETTLE_MS = 20;

/** Wakes the courier when a file arrives. Where the system cannot watch a folder, waits time out. */
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

  /** Stops watching while many files are removed, because each removal would be reported. */
  pause(): void {
    this.close();
    this.#isPaused = true;
  }

  /** Watches again. The next wait ends at once, because files may have arrived meanwhile. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#watch();
    this.#notice();
  }

  /** Watches where it could not before, such as a folder that was missing. */
  ensure(): void {
    if (this.#watcher || this.#isPaused) return;
    this.#watch();
  }

  /** Stops watching; waits then only time out. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watch(): void {
    try {
      const watcher = watch(this.#folder, () => this.#notice());
      watcher.on('error', () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      });
      this.#watcher = watcher;
    } catch {
      this.#watcher = undefined; // out of inotify watches, or a network file system: polling remains
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
