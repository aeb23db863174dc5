export { isoTime } from '../../base/clock.ts';
import { terminalSafe } from '../../base/terminal-safe.ts';
import type { CliEnvironment } from '../environment.ts';

/** Prints one JSON document, its keys in snake_case; indented for a person, one line for a pipe. */
export function printJson(cli: CliEnvironment, value: unknown): void {
  printJsonAsIs(cli, snakeCased(value));
}

/** The same with the keys as they are: for what holds data of others. */
export function printJsonAsIs(cli: CliEnvironment, value: unknown): void {
  cli.out(`${terminalSafe(JSON.stringify(value, null, cli.isTTY ? 2 : 0))}\n`);
}

/** Prints one line of JSON. */
export function printJsonLine(cli: CliEnvironment, value: unknown): void {
  cli.out(`${terminalSafe(JSON.stringify(snakeCased(value)))}\n`);
}

// --- internal ---

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
