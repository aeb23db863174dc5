import { isAbsolute } from 'node:path';
import * as z from 'zod';

/** A whole number of at least `minimum`. */
export const wholeNumber = (fallback: number, minimum: number, what: string, maximum = 2 ** 40) =>
  z.number().int().min(minimum).max(maximum).default(fallback).describe(what);

/** A time in seconds, more than 0. */
export const seconds = (fallback: number, what: string, maximum = 86_400) =>
  z.number().positive().max(maximum).default(fallback).describe(what);

/** An absolute path; null by default. */
export const file = (what: string) =>
  z.string().refine(isAbsolute, 'must be an absolute path').nullable().default(null).describe(what);

/** A text that is not empty; null by default. */
export const text = (what: string) => z.string().min(1).nullable().default(null).describe(what);

/** A list; empty by default. */
export const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item).max(1_000).default([]).describe(what);
