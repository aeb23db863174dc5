import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

/** Real code to fill payloads with: pieces of this project's sources, each made unique. */
export class SourceCode {
  readonly #lines: readonly string[];
  readonly #random: Random;
  #pieces = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#lines = readdirSync('lib', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .toSorted()
      .flatMap((name) => readFileSync(join('lib', name), 'utf8').split('\n'));
  }

  /** A unique piece of `least` to `most` lines. */
  piece(least: number, most: number): string {
    const length = this.#random.between(least, most);
    const start = this.#random.between(0, this.#lines.length - length);
    this.#pieces += 1;
    const unique = `export const piece${this.#pieces} = '${this.#random.hex(8)}';`;
    return `${[unique, ...this.#lines.slice(start, start + length)].join('\n')}\n`;
  }
}
