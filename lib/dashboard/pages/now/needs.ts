/**
 * What a session needs, the most urgent first. `waiting`: an answer, or leave. `failing`: an error of the API ended its turn.
 * `finished`: the next prompt. `running` and `silent`: nothing; a silent one has told of nothing for a while.
 */
export const NEEDS = ['waiting', 'failing', 'running', 'finished', 'silent', 'ended'] as const;

/** One of {@link NEEDS}. */
export type Need = (typeof NEEDS)[number];
