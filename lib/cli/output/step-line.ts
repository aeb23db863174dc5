import type { CliEnvironment } from '../environment.ts';

/** How often the seconds are shown anew, in milliseconds. */
const TICK_MS = 1000;

/**
 * Says on standard error which step of a long command runs: on a terminal in one line that changes and
 * counts the seconds, elsewhere in one line a step.
 */
export class StepLine {
  readonly #cli: Pick<CliEnvironment, 'err' | 'isTTY' | 'columns' | 'now'>;
  #timer: NodeJS.Timeout | undefined;

  constructor(cli: Pick<CliEnvironment, 'err' | 'isTTY' | 'columns' | 'now'>) {
    this.#cli = cli;
  }

  /** Begins a step, which ends the one before. */
  show(step: string): void {
    const { isTTY, err, now } = this.#cli;
    this.end();
    if (!isTTY) return err(`${step}\n`);
    const startedAt = now();
    const draw = () => this.#draw(`${Math.round((now() - startedAt) / 1000)} s  ${step}`);
    draw();
    this.#timer = setInterval(draw, TICK_MS);
  }

  /** Clears the line. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#cli.err('\r\u001B[K');
  }

  #draw(text: string): void {
    this.#cli.err(`\r\u001B[K${text.slice(0, this.#cli.columns - 1)}`);
  }
}
