import { statSync } from 'node:fs';
import type { Config } from './config.ts';
import { CONFIG_DEFAULTS } from './config.ts';
import { loadConfig } from './config-file.ts';
import type { ConfigFiles } from './config-file.ts';

/** The configuration in force: follows its files, and stays with the last good one if they break. */
export class ConfigWatch {
  readonly #files: ConfigFiles;
  #stamp: string | undefined;
  /** Files of which one has just lost all it held. */
  #emptied: string | undefined;
  #current: Config = CONFIG_DEFAULTS;
  #error: string | null = null;
  #hasRead = false;

  constructor(files: ConfigFiles) {
    this.#files = files;
  }

  get current(): Config {
    return this.#current;
  }

  /** What is wrong with the files, or null. */
  get error(): string | null {
    return this.#error;
  }

  /** Reads the files if one is new, changed or gone; true if they were read. */
  refresh(): boolean {
    const { configFile, resilienceFile, loggingFile } = this.#files;
    const stamp = [configFile, resilienceFile, loggingFile].map(stampOf).join('\n');
    if (stamp === this.#stamp) return false;
    // Editors empty a file before they write it; one that stays empty is read at the next look.
    if (this.#stamp !== undefined && stamp !== this.#emptied && / 0 \d+$/m.test(stamp)) {
      this.#emptied = stamp;
      return false;
    }
    this.#stamp = stamp;
    const { config, error } = loadConfig(this.#files);
    this.#error = error;
    // With no good one before, what is right in the files holds: a slip in one key must not unname the server.
    if (error === null || !this.#hasRead) this.#current = config;
    this.#hasRead = true;
    return true;
  }
}

// --- internal ---

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'none';
}
