import * as z from 'zod';
import { list } from './setting-kinds.ts';

const glob = z.string().min(1).max(1_000);
const expression = z.string().min(1).max(1_000);
const ruleName = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be a name such as staff-number')
  .refine((name) => name !== 'unchecked', 'is the name of what is left out unchecked');

/** What is kept of an event. */
export const captureSettings = z
  .strictObject({
    content: z
      .enum(['full', 'code', 'metadata'])
      .default('full')
      .describe(
        'full: whole payloads; code: of texts only the code that Claude wrote; metadata: no text at all',
      ),
    prompts: z.boolean().default(true).describe('False: prompts are not kept'),
    projects: list(
      z.strictObject({ path: glob, content: z.enum(['full', 'code', 'metadata', 'none']) }),
      'What is kept of the projects in these folders; none: nothing. The first entry that matches decides',
    ),
    exclude_paths: list(glob, 'Files of which no text is kept, as globs'),
    default_exclude_paths: z
      .boolean()
      .default(true)
      .describe('Leave out the text of .env, private keys and the like, too'),
    exclude_tools: list(glob, 'Tools of whose calls nothing is kept, as names or globs'),
  })
  .prefault({});

/** What the user adds to redaction. */
export const redactionSettings = z
  .strictObject({
    rules: z
      .array(
        z.strictObject({
          name: ruleName,
          pattern: expression,
          group: z.number().int().min(0).max(100).optional(),
        }),
      )
      .max(100)
      .default([])
      .describe(
        'Further secrets: name for the marker, pattern (RE2), and which group is the secret',
      ),
    allow: list(
      z.union([z.string().min(1).max(1_000), z.strictObject({ pattern: expression })], {
        error: 'must be a value, or a pattern',
      }),
      'What is no secret: a value, or a pattern (RE2) that matches all of it',
    ),
  })
  .prefault({});
