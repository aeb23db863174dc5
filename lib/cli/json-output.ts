import type { CliEnvironment } from './environment.ts';

/** Prints one JSON document, its keys in snake_case; indented for a person, one line for a pipe. */
export function printJson(cli: CliEnvironment, value: unknown): void {
  printJsonAsIs(cli, snakeCased(value));
}

/** The same with the keys as they are: for what holds data of others. */
export function printJsonAsIs(cli: CliEnvironment, value: unknown): void {
  cli.out(`${safe(JSON.stringify(value, null, cli.isTTY ? 2 : 0))}\n`);
}

/** Prints one line of JSON. */
export function printJsonLine(cli: CliEnvironment, value: unknown): void {
  cli.out(`${safe(JSON.stringify(snakeCased(value)))}\n`);
}

/** A time in milliseconds as ISO-8601 UTC; null stays null. */
export function isoTime(at: number): string;
export function isoTime(at: number | null): string | null;
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

// --- internal ---

/** What JSON leaves as it is but a terminal would act on, as `\uXXXX`: the value stays the same. */
function safe(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [snakeCase(key), snakeCased(inner)]),
  );
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
