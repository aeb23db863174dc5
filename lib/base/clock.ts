/** The time now, in milliseconds since 1970 UTC. A parameter wherever time decides, so that tests own it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
