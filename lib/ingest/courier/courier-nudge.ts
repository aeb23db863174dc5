import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrackerPaths } from '../../base/paths.ts';
import { Deadline } from '../../base/deadline.ts';
import { livingCourier } from '../../capture/courier-hint.ts';
import { startCourier } from '../../capture/courier-start.ts';

/** How long a new courier has to show its hint before another one is started, in milliseconds. */
const STARTING_MS = 5_000;

/** Where the courier works, and the environment to start it with. */
export interface CourierNudgeOptions {
  readonly paths: TrackerPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Makes sure that a courier runs, to deliver what the library has added to the outbox. */
export class CourierNudge {
  readonly #options: CourierNudgeOptions;
  #starting = Deadline.past();

  constructor(options: CourierNudgeOptions) {
    this.#options = options;
  }

  /** Starts a courier unless one runs. It does not wait for the courier and never throws. */
  give(): void {
    const { paths, env } = this.#options;
    if (!this.#starting.isOver || livingCourier(paths.courierHint)) return;
    const courier = courierBundle(paths.home);
    if (courier === undefined) return; // the next hook of the installation starts one
    this.#starting = Deadline.in(STARTING_MS);
    try {
      startCourier({ home: paths.home, courier, node: process.execPath, env });
    } catch {
      // The process cannot be started now; what was recorded waits in the outbox.
    }
  }
}

// --- internal ---

/** The courier next to this bundle, which has the same version; else the installed one. */
function courierBundle(home: string): string | undefined {
  // This module is part of dist/index.mjs, and of a chunk of the CLI one folder below.
  const own = ['courier.cjs', '../courier.cjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return [...own, join(home, 'dist', 'courier.cjs')].find((path) => existsSync(path));
}
