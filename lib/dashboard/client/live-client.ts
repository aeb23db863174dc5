import type { Connection } from '../frame/client-side.ts';
import type { Live } from '../live/live-message.ts';

/** Who is told of what the stream brings. */
export interface LiveHandlers {
  readonly onChange: (change: Live['change']) => void;
  readonly onState: (state: Live['state']) => void;
  readonly onConnection: (connection: Connection) => void;
}

/** Listens to `/events`. It connects again with growing pauses, and goes on after the last event that it knows. */
export class LiveClient {
  readonly #handlers: LiveHandlers;
  #source: EventSource | undefined;
  #last: string;
  #tries = 0;
  #lostAt: number | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** @param newest the newest event that the page was read with */
  constructor(newest: number, handlers: LiveHandlers) {
    this.#last = `${newest}`;
    this.#handlers = handlers;
  }

  open(): void {
    if (this.#source) return;
    const source = new EventSource(`/events?after=${encodeURIComponent(this.#last)}`);
    this.#source = source;
    source.addEventListener('change', (event) => {
      this.#heard(event);
      this.#handlers.onChange(JSON.parse(event.data as string) as Live['change']);
    });
    source.addEventListener('state', (event) => {
      this.#heard(event);
      this.#handlers.onState(JSON.parse(event.data as string) as Live['state']);
    });
    source.addEventListener('error', () => this.#lost());
    this.#listen();
  }

  /** Stops listening until it is opened again, as a hidden page does: a browser has few connections to a server. */
  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = undefined;
  }

  #heard({ lastEventId }: MessageEvent): void {
    if (lastEventId) this.#last = lastEventId;
    if (this.#tries > 0 || this.#lostAt !== undefined) this.#tries = 0;
    this.#lostAt = undefined;
    this.#handlers.onConnection({ is: 'live' });
    this.#listen();
  }

  /** A server that was stopped in the middle may leave a connection that never ends. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.close();
    this.#lostAt ??= Date.now();
    this.#handlers.onConnection({ is: 'lost', since: this.#lostAt });
    const pause = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#retry = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }
}

// --- internal ---

const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 10_000;
/** The server tells its state every two seconds. */
const SILENCE_MS = 10_000;
