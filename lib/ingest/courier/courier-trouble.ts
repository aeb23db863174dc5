import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import { RetryPace } from '../retry-pace.ts';
import type { RetryPaceOptions } from '../retry-pace.ts';
import type { HeldFiles } from '../spool/held-files.ts';
import type { CourierStateFile } from './courier-files.ts';

/** After this number of failures in a row, about eight seconds, a courier without descriptors gives way to another. */
const MOST_WITHOUT_DESCRIPTORS = 4;

/** Where trouble is told. */
export interface CourierTroubleOptions {
  readonly report: CourierStateFile;
  /** The log as it is then. */
  readonly log: () => TrackerLog;
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
  readonly pace?: RetryPaceOptions | undefined;
}

/** What keeps the courier from taking in events: it is told once, and tried again ever more rarely until it has passed. */
export class CourierTrouble {
  readonly #options: CourierTroubleOptions;
  readonly #pace: RetryPace;
  #reason: string | null = null;
  #code: string | undefined;

  constructor(options: CourierTroubleOptions) {
    this.#options = options;
    this.#pace = new RetryPace(options.pace);
  }

  get isOver(): boolean {
    return this.#reason === null;
  }

  /** True when it is time to try. */
  get isDue(): boolean {
    return this.#pace.isDue;
  }

  /** Milliseconds until the next attempt. */
  get leftMs(): number {
    return this.#pace.leftMs;
  }

  /** True when this process lacks file descriptors for good, which another may not. */
  get isOfProcess(): boolean {
    return this.#code === 'EMFILE' && this.#pace.failures >= MOST_WITHOUT_DESCRIPTORS;
  }

  /** Notes that it failed, and why. */
  note(error: unknown): void {
    const { log, clean, report } = this.#options;
    const reason = clean(errorMessage(error));
    if (reason !== this.#reason) log().error('The courier cannot take in events', error);
    this.#reason = reason;
    this.#code = errorCode(error);
    this.#pace.failed();
    const hint = error instanceof TrackerError ? (error.hint ?? null) : null;
    report.tell({ status: 'degraded', reason, hint });
  }

  /** Notes that it succeeded, but for the files that are held. */
  end(held: HeldFiles): void {
    const { log, clean, report } = this.#options;
    if (!this.isOver) log().info('The courier takes in events again');
    this.#reason = null;
    this.#code = undefined;
    this.#pace.succeeded();
    const reason = held.trouble && clean(held.trouble);
    report.tell({ status: held.waiting > 0 ? 'degraded' : 'idle', reason, hint: null });
  }
}
