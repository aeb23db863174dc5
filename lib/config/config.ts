import * as z from 'zod';
import { isHeaderList } from './otlp-headers.ts';
import { captureSettings, redactionSettings } from './settings/capture-settings.ts';
import { alertSettings, escalationContacts } from './settings/alert-settings.ts';
import { prices } from './settings/prices.ts';
import { file, seconds, text, wholeNumber } from './settings/setting-kinds.ts';

const server = (what: string, secretKey: string) =>
  z
    .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
    .refine((url) => !hasPassword(url), `must hold no password: use ${secretKey}`)
    .nullable()
    .default(null)
    .describe(what);

const onOrOff = (fallback: 'on' | 'off', what: string) =>
  z.enum(['on', 'off']).default(fallback).describe(what);

/**
 * The keys of the configuration with limits and defaults. Every key may be omitted; an unknown key is an
 * error.
 */
export const configSchema = z.strictObject({
  api: z
    .strictObject({
      base_url: server('The server that patterns are sent to; null sends it nothing', 'api.token'),
      token: text('Bearer token for that server'),
      token_file: file('File with the bearer token, instead of token; mode 0600'),
      ca_file: file('PEM file with certificates to trust beside the built-in ones'),
      proxy: text(
        'URL of an HTTP proxy; commands and the library also use HTTPS_PROXY, HTTP_PROXY and NO_PROXY',
      ),
      allow_insecure: z
        .boolean()
        .default(false)
        .describe('Send the token over plain HTTP to another machine'),
    })
    .prefault({}),
  otlp: z
    .strictObject({
      endpoint: server(
        'The OTLP/HTTP collector that tool calls are sent to; null sends none',
        'otlp.headers',
      ),
      protocol: z
        .enum(['http/protobuf', 'http/json'])
        .default('http/protobuf')
        .describe('Encoding of requests to the collector'),
      headers: text('Headers of each request to the collector: name=value,name=value').refine(
        (list) => list === null || isHeaderList(list),
        'must be name=value,name=value, each value percent-encoded',
      ),
      token_file: file('File with a bearer token for the collector; mode 0600'),
      allow_insecure: z
        .boolean()
        .default(false)
        .describe('Send the headers or the token over plain HTTP to another machine'),
      traces: z.boolean().default(true).describe('Send a span for each tool call'),
      logs: z.boolean().default(true).describe('Send a log record for each tool call'),
      tool_details: z
        .boolean()
        .default(false)
        .describe('Send what a call was about (file, command, …) and its error'),
    })
    .prefault({}),
  capture: captureSettings,
  transcripts: onOrOff(
    'on',
    "off: Claude Code's transcripts are not read, neither by commands nor at the end of a session",
  ),
  context: onOrOff(
    'off',
    'on: a new session of Claude Code is given a short note of the last ones in its project; run install after a change',
  ),
  redaction: redactionSettings,
  pattern_tracking: z
    .strictObject({
      enabled: z.boolean().default(true).describe('False: nothing is put into the outbox or sent'),
      timeout: seconds(5, 'Seconds that a request may take, from first to last byte', 600),
      batch_size: wholeNumber(50, 1, 'Most events in one request', 1_000),
      cache_size: wholeNumber(1_000, 1, 'Most answers to queries that are cached'),
      cache_ttl: seconds(3_600, 'Seconds that an answer is cached', 31_536_000),
    })
    .prefault({}),
  resilience: z
    .strictObject({
      circuit_breaker: z
        .strictObject({
          failure_threshold: wholeNumber(5, 1, 'Failures in a row that trip the breaker'),
          recovery_timeout: seconds(60, 'Seconds it stays open before the server is probed'),
          half_open_attempts: wholeNumber(3, 1, 'Probes that must succeed to close it', 100),
          permit_seconds: seconds(
            60,
            'Seconds after which a probe without a result counts as dead',
          ),
          slow_call_seconds: seconds(4, 'Seconds from which on a request counts as slow', 600),
          slow_call_rate: z
            .number()
            .min(0)
            .max(1)
            .default(0.8)
            .describe('Share of slow requests, 0 to 1, above which the breaker trips'),
          minimum_calls: wholeNumber(10, 1, 'Requests needed before the share of slow ones counts'),
          window_calls: wholeNumber(
            20,
            1,
            'Number of latest requests that the share is taken of',
            1_000,
          ),
        })
        .prefault({}),
      retry: z
        .strictObject({
          base_delay: seconds(
            1,
            'Longest first wait, in seconds; each further wait may be twice as long',
          ),
          max_delay: seconds(300, 'Longest wait, in seconds'),
          max_attempts: wholeNumber(
            10,
            1,
            'Attempts of one event that may fail while others succeed; then it becomes a dead letter',
          ),
        })
        .prefault({}),
    })
    .prefault({}),
  logging: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least severe level that is logged'),
      max_size_mb: z
        .number()
        .positive()
        .max(1_000)
        .default(10)
        .describe('Megabytes at which a log file is rotated'),
      max_age_days: z
        .number()
        .positive()
        .max(365)
        .default(7)
        .describe('Days after which a log file is rotated'),
      backup_count: wholeNumber(5, 0, 'Rotated log files that are kept', 100),
    })
    .prefault({}),
  courier: z
    .strictObject({
      idle_exit_seconds: seconds(60, 'Seconds without work after which the courier exits'),
      linger_seconds: z
        .number()
        .min(0)
        .max(604_800)
        .default(3_600)
        .describe('Most seconds it stays because events wait for the server'),
      max_event_bytes: wholeNumber(
        32 * 1024 * 1024,
        1024,
        'Bytes above which an event is quarantined instead of parsed',
      ),
    })
    .prefault({}),
  spool: z
    .strictObject({
      max_files: wholeNumber(
        100_000,
        1,
        'Waiting files from which on capture drops events and counts them',
      ),
      partial_seconds: z
        .number()
        .min(0)
        .max(3_600)
        .default(30)
        .describe('Seconds after its last write from which on an unfinished file counts as broken'),
      max_bad_files: wholeNumber(
        1_000,
        1,
        'Most files in spool/bad/; the oldest are removed first',
      ),
      max_bad_bytes: wholeNumber(64 * 1024 * 1024, 1, 'Most bytes in spool/bad/'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      raw_events_days: z
        .number()
        .positive()
        .max(36_500)
        .default(30)
        .describe("Days after which an event's payload is removed; what was derived from it stays"),
      patterns_days: z
        .number()
        .positive()
        .max(36_500)
        .nullable()
        .default(null)
        .describe('Days after its last occurrence when a pattern is removed; null: never'),
      max_string_bytes: wholeNumber(
        64 * 1024,
        256,
        'Bytes after which a string in a stored payload is cut',
      ),
      max_database_bytes: z
        .number()
        .int()
        .min(1024 * 1024)
        .max(2 ** 40)
        .nullable()
        .default(2 * 1024 ** 3)
        .describe(
          'Bytes above which the oldest payloads, then patterns, are removed; null: no bound',
        ),
    })
    .prefault({}),
  patterns: z
    .strictObject({
      id_scheme: z
        .enum(['sha16-code', 'path200'])
        .default('sha16-code')
        .describe('path200: ids by path and first 200 characters, as an older tracker made them'),
    })
    .prefault({}),
  prices,
  alerts: alertSettings,
  escalation: escalationContacts,
});

/** A complete, valid configuration. */
export type Config = z.infer<typeof configSchema>;

/** The configuration without any file: all defaults. */
export const CONFIG_DEFAULTS: Config = Object.freeze(configSchema.parse({}));

/** Every dotted key, in the order of the schema. */
export function configKeys(): string[] {
  return leaves(CONFIG_DEFAULTS).map(([key]) => key);
}

/** Every dotted key of a nested object with its value; `prefix` is put before each key. */
export function leaves(value: object, prefix = ''): [key: string, value: unknown][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const key = prefix + name;
    const isBranch = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isBranch ? leaves(inner, `${key}.`) : [[key, inner] as [string, unknown]];
  });
}

/** A value that may be shown to people: secrets, and the user part of a URL, become `(set)`. */
export function shownValue(key: string, value: unknown): unknown {
  if (SECRET_KEYS.has(key)) return value === null ? null : '(set)';
  if (!URL_KEYS.has(key) || typeof value !== 'string') return value;
  return value.replace(/^([^/@]*:\/\/)?[^/]*@/, '$1(set)@');
}

// --- internal ---

const SECRET_KEYS: ReadonlySet<string> = new Set([
  'api.token',
  'otlp.headers',
  'alerts.webhook.url',
]);
const URL_KEYS: ReadonlySet<string> = new Set(['api.base_url', 'api.proxy', 'otlp.endpoint']);

function hasPassword(url: string): boolean {
  if (!URL.canParse(url)) return false; // z.url has already reported it
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}
