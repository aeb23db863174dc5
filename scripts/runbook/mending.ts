import type { Breakage } from './breakages.ts';
import { faultsAtTheEnd } from './drill.ts';
import { Installation } from './installation.ts';
import type { ShellRun } from './installation.ts';

/** How a breakage was mended. */
export interface Mending {
  readonly runs: readonly (ShellRun & { readonly typed: string; readonly tookMs: number })[];
  /** What is wrong in spite of it. */
  readonly faults: readonly string[];
}

/** Breaks an installation of its own, and types what the page says. */
export async function mend({ make, typed, isBlind }: Breakage): Promise<Mending> {
  const on = await Installation.make();
  try {
    await make(on);
    if (!isBlind) await on.work();
    const runs: Mending['runs'][number][] = [];
    for (const line of typed) {
      const startedAt = performance.now();
      const run = await on.run(line);
      runs.push({ ...run, typed: line, tookMs: performance.now() - startedAt });
    }
    const isSeen = runs.some(({ printed }) => /^(?:⚠|❌|✗)/mu.test(printed));
    await on.work();
    const faults = await faultsAtTheEnd(on);
    return { runs, faults: [...(isSeen ? [] : ['nothing was seen']), ...faults] };
  } finally {
    await on.remove();
  }
}
