import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { RepairAnswer } from './repair-worker.ts';

/** Repairs databases in another process, which is ended where a repair does not end by itself. */
export class Repairer {
  readonly #limitMs: number;
  #worker: ChildProcess | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Repairs a database; `E_TIMEOUT` if that takes too long. */
  async repair(damaged: string): Promise<RepairAnswer> {
    const worker = (this.#worker ??= fork(new URL('./repair-worker.ts', import.meta.url)));
    const answer = await new Promise<RepairAnswer>((resolve) => {
      const end = (code: string, message: string) => resolve({ code, message });
      const timer = setTimeout(end, this.#limitMs, 'E_TIMEOUT', 'it did not end');
      const exited = () => end('no code', 'the process ended');
      worker.once('exit', exited);
      worker.once('message', (message: RepairAnswer) => {
        clearTimeout(timer);
        worker.off('exit', exited);
        resolve(message);
      });
      worker.send(damaged);
    });
    if ('code' in answer && !answer.code.startsWith('E_')) this.close();
    if ('code' in answer && answer.code === 'E_TIMEOUT') this.close();
    return answer;
  }

  close(): void {
    this.#worker?.kill('SIGKILL');
    this.#worker = undefined;
  }
}
