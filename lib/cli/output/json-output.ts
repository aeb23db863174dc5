import { terminalSafe } from '../../base/terminal-safe.ts';
import type { CliEnvironment } from '../environment.ts';

/** Prints one JSON document with keys in snake_case: indented on a terminal, else on one line. */
export function printJson(cli: CliEnvironment, value: unknown): void {
  printJsonAsIs(cli, snakeCased(value));
}

/** Prints one JSON document with its keys unchanged, because some of them are data. */
export function printJsonAsIs(cli: CliEnvironment, value: unknown): void {
  cli.out(`${terminalSafe(JSON.stringify(value, null, cli.isTTY ? 2 : 0))}\n`);
}

/** Prints one line of JSON with keys in snake_case. */
export function printJsonLine(cli: CliEnvironment, value: unknown): void {
  cli.out(`${terminalSafe(JSON.stringify(snakeCased(value)))}\n`);
}

// --- internal ---

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  const cased: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) cased[snakeCase(key)] = snakeCased(inner);
  return cased;
}

/** The keys of a long list are few, and each comes with every row. */
const SNAKE_CASED = new Map<string, string>();

function snakeCase(key: string): string {
  let cased = SNAKE_CASED.get(key);
  if (cased === undefined) {
    cased = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    SNAKE_CASED.set(key, cased);
  }
  return cased;
}
