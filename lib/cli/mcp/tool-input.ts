import * as z from 'zod';

/** What several tools take. */
export const projectInput = {
  project: z
    .string()
    .min(1)
    .optional()
    .describe('Only this project: its name, or a path; "." is the one you work in'),
};

/** A language, by the name that the tracker uses. */
export const languageInput = {
  language: z.string().min(1).optional().describe('Only code in this language, such as typescript'),
};

/** When it was, as the command line reads times. */
export const sinceInput = {
  since: z.string().min(1).optional().describe('Only since then: 2h, yesterday, 2026-11-01'),
};

/** How many rows an answer has at most. */
export function limitInput(usual: number) {
  return {
    limit: z
      .int()
      .min(1)
      .max(MOST_ROWS)
      .default(usual)
      .describe(`At most so many, up to ${MOST_ROWS}`),
  };
}

/** Which part of a longer list an answer is. */
export const pageInput = {
  page: z.int().min(1).optional().describe('2 for those that follow the first `limit`, and so on'),
};

// --- internal ---

const MOST_ROWS = 50;
