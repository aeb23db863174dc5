import type { z } from 'zod';
import type { Json, JsonObject } from '../../base/json.ts';
import { HttpFault } from './http-fault.ts';

type Place = readonly (string | number)[];

/**
 * Checks `input` against `schema`, and returns what the schema makes of it.
 *
 * @param place where the input was: `['body']`, `['query']`
 * @throws HttpFault 422 in the shape of FastAPI's validation errors, which clients of the API know
 */
export function validated<T extends z.ZodType>(
  schema: T,
  input: unknown,
  place: Place,
): z.output<T> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw new HttpFault(422, { detail: validationDetail(result.error.issues, place) });
}

/** Writes zod's issues as FastAPI's `detail`: `{type, loc, msg, input}` for each, at most 20. */
export function validationDetail(issues: readonly z.core.$ZodIssue[], place: Place): JsonObject[] {
  return issues.slice(0, MAX_ISSUES).map((issue) => {
    const [type, msg] = described(issue);
    const loc = [
      ...place,
      ...issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
    ];
    return { type, loc, msg, input: shown(issue.input) };
  });
}

// --- internal ---

/** Issues in one reply: enough to see what is wrong, and a bound on the reply's size. */
const MAX_ISSUES = 20;

/** Input may be long or secret, so a reply repeats this many characters of a text, and no container. */
const SHOWN_CHARACTERS = 60;

function shown(input: unknown): Json {
  if (typeof input === 'string') return input.slice(0, SHOWN_CHARACTERS).toWellFormed();
  if (typeof input === 'number' || typeof input === 'boolean') return input;
  return null;
}

/** FastAPI's name of each zod type, and its word for people. */
const TYPES: Readonly<Record<string, readonly [type: string, what: string]>> = {
  string: ['string_type', 'string'],
  number: ['float_type', 'number'],
  int: ['int_type', 'integer'],
  boolean: ['bool_type', 'boolean'],
  array: ['list_type', 'list'],
  object: ['dict_type', 'dictionary'],
  record: ['dict_type', 'dictionary'],
};

function described(issue: z.core.$ZodIssue): [type: string, msg: string] {
  if (issue.code === 'invalid_type')
    return wrongType(issue.expected, issue.input, issue.path.length);
  if (issue.code === 'invalid_value') {
    if (issue.input === undefined) return ['missing', 'Field required'];
    const values = issue.values.map((value) => `'${String(value)}'`);
    return ['enum', `Input should be ${values.join(', ')}`];
  }
  if (issue.code === 'too_small') {
    const { origin, minimum } = issue;
    if (origin === 'string') {
      return ['string_too_short', `String should have at least ${minimum} characters`];
    }
    if (origin === 'array') return ['too_short', `List should have at least ${minimum} items`];
    return ['greater_than_equal', `Input should be greater than or equal to ${minimum}`];
  }
  if (issue.code === 'too_big') {
    const { origin, maximum } = issue;
    if (origin === 'string') {
      return ['string_too_long', `String should have at most ${maximum} characters`];
    }
    if (origin === 'array') return ['too_long', `List should have at most ${maximum} items`];
    return ['less_than_equal', `Input should be less than or equal to ${maximum}`];
  }
  return ['value_error', issue.message];
}

function wrongType(expected: string, input: unknown, depth: number): [type: string, msg: string] {
  if (input === undefined && depth > 0) return ['missing', 'Field required'];
  const [type, what] = TYPES[expected] ?? ['value_error', expected];
  return [type, `Input should be a valid ${what}`];
}
