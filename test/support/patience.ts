// How long tests wait. Every limit and every short deadline of a test is a number of a calm machine times this one.

/**
 * How many times longer things take here than on a machine that does nothing else: `TEST_PATIENCE`, which
 * vitest.config.ts sets for all workers; else it is measured now.
 */
export const patience = Number(process.env['TEST_PATIENCE'] ?? slowdown());

// --- internal ---

/** A core's time per time of a core that this process gets: 1 on a calm machine, 4 beside three others a core. */
function slowdown(): number {
  const sampleMs = 200;
  const usedBefore = process.cpuUsage();
  const until = performance.now() + sampleMs;
  while (performance.now() < until);
  const { user, system } = process.cpuUsage(usedBefore);
  return Math.max(1, Math.round(sampleMs / ((user + system) / 1000)));
}
