import { statSync } from 'node:fs';
import type { Config } from './config.ts';
import { CONFIG_DEFAULTS } from './config.ts';
import { loadWholeConfig } from './config-file.ts';
import type { ConfigFiles } from './config-file.ts';

/**
 * The configuration in force. It follows the files, and keeps the last good configuration if they break, but for what may
 * be kept of events: who wrote that last wanted something else than before.
 */
export class ConfigWatch {
  readonly #files: ConfigFiles;
  #stamp: string | undefined;
  /** The stamp of files of which one was empty at the last look. */
  #emptied: string | undefined;
  #current: Config = CONFIG_DEFAULTS;
  #error: string | null = null;
  #policyError: string | null = null;
  #hasRead = false;

  constructor(files: ConfigFiles) {
    this.#files = files;
  }

  /** The configuration in force; the defaults until the first {@link refresh}. */
  get current(): Config {
    return this.#current;
  }

  /** What is wrong with the files; null when nothing is. */
  get error(): string | null {
    return this.#error;
  }

  /** Why it is not known what may be kept of events: the files are wrong about that. Null when it is known. */
  get policyError(): string | null {
    return this.#policyError;
  }

  /**
   * Reads the files if one was added, changed or removed, and files with an error each time, because what kept them
   * from being read may have passed. Returns true if that has changed anything.
   */
  async refresh(): Promise<boolean> {
    const { configFile, resilienceFile, loggingFile } = this.#files;
    const stamp = [configFile, resilienceFile, loggingFile].map(stampOf).join('\n');
    const isSame = stamp === this.#stamp;
    if (isSame && this.#error === null) return false;
    // Editors empty a file before they write it. A file that is still empty at the next look is read.
    if (this.#stamp !== undefined && stamp !== this.#emptied && / 0 \d+$/m.test(stamp)) {
      this.#emptied = stamp;
      return false;
    }
    const { config, error, policyError } = await loadWholeConfig(this.#files);
    this.#stamp = stamp; // only now: if reading them throws, they are read again
    if (isSame && error === this.#error) return false;
    this.#error = error;
    this.#policyError = policyError;
    // Without an earlier good configuration, the valid keys apply: one typo must not make us forget the
    // server.
    if (error === null || !this.#hasRead) this.#current = config;
    else if (policyError === null) {
      const { capture, redaction } = config;
      this.#current = { ...this.#current, capture, redaction };
    }
    this.#hasRead = true;
    return true;
  }
}

// --- internal ---

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'none';
}
