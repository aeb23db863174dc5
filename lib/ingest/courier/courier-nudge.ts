import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrackerPaths } from '../../base/paths.ts';
import { courierLives, startCourier } from '../../capture/courier-start.ts';

/** A courier that was started has this long to show itself before another one is, in milliseconds. */
const STARTING_MS = 5_000;

export interface CourierNudgeOptions {
  readonly paths: TrackerPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Sees to it that a courier lives, which delivers what the library has put into the outbox. */
export class CourierNudge {
  readonly #options: CourierNudgeOptions;
  #startedAt = -Infinity;

  constructor(options: CourierNudgeOptions) {
    this.#options = options;
  }

  /** Starts a courier unless one lives; does not wait for it, and never throws. */
  give(): void {
    const { paths, env } = this.#options;
    if (courierLives(paths.courierPid) !== undefined) return;
    if (performance.now() - this.#startedAt < STARTING_MS) return;
    const courier = courierBundle(paths.home);
    if (courier === undefined) return; // the next hook of the installation starts one
    this.#startedAt = performance.now();
    try {
      startCourier({ home: paths.home, courier, node: process.execPath, env });
    } catch {
      // No process can be started now: what was recorded waits in the outbox.
    }
  }
}

// --- internal ---

/** The one beside this bundle, which is of the same version; else that of the installation. */
function courierBundle(home: string): string | undefined {
  // This module lies in dist/index.mjs and in a chunk of the command line, a folder below.
  const own = ['courier.cjs', '../courier.cjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return [...own, join(home, 'dist', 'courier.cjs')].find((path) => existsSync(path));
}
