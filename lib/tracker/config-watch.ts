import { statSync } from 'node:fs';
import type { Config } from '../contract/config.ts';
import { CONFIG_DEFAULTS } from '../contract/config.ts';
import { loadConfig } from './config-file.ts';

/** The configuration in force: follows its file, and stays with the last good one if that breaks. */
export class ConfigWatch {
  readonly #path: string;
  #stamp: string | undefined;
  #current: Config = CONFIG_DEFAULTS;
  #error: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  get current(): Config {
    return this.#current;
  }

  /** What is wrong with the file, or null. */
  get error(): string | null {
    return this.#error;
  }

  /** Reads the file if it is new, changed or gone; true if it was read. */
  refresh(): boolean {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    const stamp = stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'none';
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    const { config, error } = loadConfig(this.#path);
    this.#error = error;
    if (error === null) this.#current = config;
    return true;
  }
}
