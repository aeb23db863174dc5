/**
 * Returns the time now, in milliseconds since 1970 UTC. Code that depends on time takes a clock as a
 * parameter, so that tests control it.
 */
export type Clock = () => number;

/** The machine's own clock. */
export const systemClock: Clock = () => Date.now();
