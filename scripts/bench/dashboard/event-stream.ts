import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { Telling } from '../../../test/support/dashboard/telling.ts';

/** How much happens. */
export interface StreamOptions {
  /** Events a second. */
  readonly rate: number;
  readonly sessions: number;
}

/** Many sessions at work: writes the events of their calls to a spool, as hooks do, at an even pace. */
export class EventStream {
  readonly #paths: TrackerPaths;
  readonly #rate: number;
  readonly #tellings: readonly Telling[];
  readonly #calls: number[];
  #files = 0;
  #next = 0;

  constructor(paths: TrackerPaths, { rate, sessions }: StreamOptions) {
    this.#paths = paths;
    this.#rate = rate;
    this.#tellings = Array.from({ length: sessions }, (_, at) => {
      const session = `stream-${at}-0000-4000-8000-000000000000`;
      return new Telling({ session, cwd: `/home/dev/stream-${at}`, at: Date.now() });
    });
    this.#calls = this.#tellings.map(() => 0);
  }

  /** How many calls the session of a number has made. */
  callsOf(session: number): number {
    return this.#calls[session] ?? 0;
  }

  /** Starts all sessions. */
  begin(): void {
    for (const [at, telling] of this.#tellings.entries()) {
      telling.start().prompt(`stream-${at} works on and on`);
    }
    this.#write();
  }

  /** Has them make calls for so long, in milliseconds. Resolves when all of it is in the spool. */
  async run(ms: number): Promise<void> {
    const start = performance.now();
    let told = 0;
    while (performance.now() - start < ms) {
      const due = ((performance.now() - start) / 1_000) * this.#rate;
      for (; told < due; told += 2) {
        const telling = this.#tellings[this.#next];
        if (!telling) break;
        telling.at = Date.now() - 1_000;
        telling.bash(`echo ${told}`, 20);
        this.#calls[this.#next] = this.callsOf(this.#next) + 1;
        this.#next = (this.#next + 1) % this.#tellings.length;
      }
      this.#write();
      await sleep(20);
    }
  }

  #write(): void {
    for (const { payload } of this.#tellings.flatMap((telling) => telling.drain())) {
      this.#files += 1;
      const name = `${`${this.#files}`.padStart(9, '0')}.settings`;
      const temporary = join(this.#paths.spoolTmp, name);
      writeFileSync(temporary, JSON.stringify(payload));
      renameSync(temporary, join(this.#paths.spoolNew, name));
    }
  }
}
