import { z } from 'zod';

const count = (fallback: number, minimum = 1) => z.number().int().min(minimum).default(fallback);

/** The keys of `config.yaml`. Every key may be left out; a key that is not here is an error. */
export const configSchema = z.strictObject({
  courier: z
    .strictObject({
      /** Seconds without work after which the courier leaves. */
      idle_exit_seconds: z.number().positive().max(86_400).default(60),
      /** Bytes of one event above which it is set aside instead of parsed. */
      max_event_bytes: count(64 * 1024 * 1024, 1024),
    })
    .prefault({}),
  spool: z
    .strictObject({
      /** Waiting files above which capture drops events and counts them. */
      max_files: count(100_000),
      /** Seconds since its last write after which a file without its end is taken for broken. */
      partial_seconds: z.number().min(0).max(3_600).default(30),
      /** Files and bytes that `spool/bad/` keeps; the oldest go first, and are counted. */
      max_bad_files: count(1_000),
      max_bad_bytes: count(64 * 1024 * 1024),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Days after which an event's raw payload is removed; what was derived from it stays. */
      raw_events_days: z.number().positive().max(36_500).default(30),
      /** Bytes of one string in a stored payload; the rest is cut, and its length noted. */
      max_string_bytes: count(64 * 1024, 256),
    })
    .prefault({}),
  patterns: z
    .strictObject({
      /** `sha16-code`: the same code has one id wherever it stands. `path200`: legacy, path and first 200 characters. */
      id_scheme: z.enum(['sha16-code', 'path200']).default('sha16-code'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** Every default, as a file with nothing in it gives. */
export const CONFIG_DEFAULTS: Config = Object.freeze(configSchema.parse({}));
