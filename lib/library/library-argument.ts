import type { z } from 'zod';
import { TrackerError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';

/**
 * Validates what a caller gave to a `method` of the library.
 *
 * @throws TrackerError E_ARGUMENT that names the method, the argument and what was expected
 */
export function checkArgument<T extends z.ZodType>(
  method: string,
  schema: T,
  given: unknown,
): z.infer<T> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const { issues } = result.error;
  // If a key is misspelt, report that: another key is then missing only because of it.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = 'shape' in schema ? Object.keys(schema.shape as object) : [];
    const near = nearest(key, known);
    throw new TrackerError('E_ARGUMENT', `${method}: there is no "${[...path, key].join('.')}"`, {
      hint: near ? `Did you mean "${near}"?` : `Known: ${known.join(', ')}.`,
    });
  }
  const name = path.length > 0 ? `"${path.join('.')}"` : 'its argument';
  throw new TrackerError('E_ARGUMENT', `${method}: ${name} ${expectation(issue)}`, {
    hint: `Got ${described(path.reduce(member, given))}.`,
  });
}

// --- internal ---

function expectation(issue: z.core.$ZodIssue | undefined): string {
  const message = issue?.message ?? '';
  // Messages of our schemas begin with "must"; any other message is zod's own.
  if (message.startsWith('must ')) return message;
  if (issue?.code !== 'invalid_type') return 'is not valid';
  return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  // The keys of a context may be written in snake_case.
  return members[key] ?? members[key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** Describes a value by its kind only, because its content may be a secret. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return value.trim() === '' ? 'an empty string' : 'a string';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
