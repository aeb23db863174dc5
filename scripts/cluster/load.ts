import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { Dispatcher } from 'undici';
import { payload, TrackerHome } from '../../test/processes/tracker-home.ts';
import { until } from '../../test/support/until.ts';
import { ServiceEvents } from '../bench/service/service-events.ts';

const HOMES = 3;
/** Each home captures so often, and so does whoever writes without a courier, in milliseconds. */
const EVERY_MS = 150;

/** What events are sent to. */
export interface LoadTarget {
  /** What the configuration of the courier of this number has below `api`; each has a token of its own, if any. */
  api(courier: number): LoadApi;
  /** Asks the service's database. */
  query<Row extends object>(sql: string): Promise<readonly Row[]>;
}

export interface LoadApi {
  readonly base_url: string;
  readonly token_file?: string;
  readonly ca_file?: string;
}

/** So many have an API of their own: the homes' couriers, and whoever writes without one. */
export const LOAD_CLIENTS = HOMES + 1;

/** What became of the events. */
export interface LoadAccount {
  /** Events that a hook took, and events that the service said it has. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
}

/**
 * Real hooks and couriers that deliver to the service, and a writer that notes each answer, so that one can say how long
 * nothing was accepted.
 */
export class Load {
  readonly #target: LoadTarget;
  readonly #api: LoadApi;
  readonly #dispatcher: Dispatcher;
  readonly #homes: readonly TrackerHome[];
  readonly #events = new ServiceEvents(4_242);
  readonly #accepted = new Set<string>();
  readonly #loops: Promise<void>[] = [];
  #acceptedAt = performance.now();
  #longestGapMs = 0;
  #refused = 0;
  #captured = 0;
  #isOver = false;
  #isPaused = false;

  constructor(target: LoadTarget) {
    this.#target = target;
    this.#api = target.api(HOMES);
    const { ca_file: ca } = this.#api;
    this.#dispatcher = new Agent(ca === undefined ? {} : { connect: { ca: readFileSync(ca) } });
    const config = (courier: number) => `api: ${JSON.stringify(target.api(courier))}
resilience: { circuit_breaker: { recovery_timeout: 2 }, retry: { base_delay: 0.2, max_delay: 2 } }
courier: { idle_exit_seconds: 30 }
`;
    this.#homes = Array.from({ length: HOMES }, (_, courier) => new TrackerHome(config(courier)));
  }

  start(): void {
    for (const [number, home] of this.#homes.entries())
      this.#loops.push(this.#capture(home, number));
    this.#loops.push(this.#write());
  }

  /** The longest time without an accepted event since this was last asked, in seconds. */
  longestGap(): number {
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#acceptedAt);
    this.#longestGapMs = 0;
    return gap / 1_000;
  }

  /** How many requests were not answered with yes since this was last asked. */
  refusals(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  /** Waits until events are accepted again. */
  async isAccepted(): Promise<void> {
    const before = this.#accepted.size;
    await until(() => this.#accepted.size > before + 3, 'events are accepted again');
  }

  /** Stops to write, and waits until all that was captured is delivered. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await setTimeout(2_000);
    for (const home of this.#homes) await delivered(home);
  }

  resume(): void {
    this.#acceptedAt = performance.now();
    this.#isPaused = false;
  }

  /** Looks for every event. Call it when nothing is on its way. */
  async account(): Promise<LoadAccount> {
    const rows = await this.#target.query<{ id: string }>('SELECT event_id AS id FROM events');
    const ids = rows.map(({ id }) => id);
    const present = new Set(ids);
    const lostOfWriter = [...this.#accepted].filter((id) => !present.has(id)).length;
    const wanted = this.#homes.reduce(
      (sum, home) => sum + Number(home.value('SELECT count(*) FROM occurrences') ?? 0),
      0,
    );
    const ofHomes = [...present].filter((id) => !this.#isOwn(id)).length;
    const uncounted = this.#captured - wanted; // in a spool or nowhere
    return {
      acknowledged: this.#captured + this.#accepted.size,
      lost: lostOfWriter + Math.max(0, wanted - ofHomes) + uncounted,
      doubled: ids.length - present.size + Math.max(0, ofHomes - wanted),
    };
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  async remove(): Promise<void> {
    await this.end();
    await this.#dispatcher.close();
    for (const home of this.#homes) await home.remove();
  }

  readonly #written = new Set<string>();

  #isOwn(id: string): boolean {
    return this.#written.has(id);
  }

  async #capture(home: TrackerHome, number: number): Promise<void> {
    for (let call = 0; !this.#isOver; call += 1) {
      await setTimeout(EVERY_MS);
      if (this.#isPaused) continue;
      home.capture(
        payload({
          hook_event_name: 'PostToolUse',
          session_id: `session-${number}`,
          tool_name: 'Write',
          tool_use_id: `toolu_${number}_${call}`,
          tool_input: {
            file_path: `/p/${number}/file-${call}.ts`,
            content: `export const value${call} = compute(${number}, ${call});\n`,
          },
          tool_response: { type: 'create' },
        }),
      );
      this.#captured += 1;
    }
  }

  /** Sends one event after the other, each until it is accepted, as a courier would. */
  async #write(): Promise<void> {
    let [event] = this.#events.take(1);
    while (!this.#isOver) {
      await setTimeout(EVERY_MS);
      if (this.#isPaused || event === undefined) continue;
      const id = String(event.event_id);
      this.#written.add(id);
      if (!(await this.#isAcceptedByService(event))) {
        this.#refused += 1;
        continue;
      }
      this.#accepted.add(id);
      const now = performance.now();
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#acceptedAt);
      this.#acceptedAt = now;
      [event] = this.#events.take(1);
    }
  }

  async #isAcceptedByService(event: object): Promise<boolean> {
    const { base_url: url, token_file: token } = this.#api;
    try {
      const response = await fetch(`${url}/api/pattern-traceability/lineage/track/batch`, {
        method: 'POST',
        dispatcher: this.#dispatcher,
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${readFileSync(token, 'utf8')}` }),
        },
        body: JSON.stringify({ processing_mode: 'sequential', events: [event] }),
        signal: AbortSignal.timeout(5_000),
      });
      const answer = (await response.json()) as { batch_summary?: { successful_events?: number } };
      return response.ok && answer.batch_summary?.successful_events === 1;
    } catch {
      return false;
    }
  }
}

// --- internal ---

async function delivered(home: TrackerHome): Promise<void> {
  await until(() => {
    if (home.courierPid === undefined) home.capture(payload({ hook_event_name: 'Stop' }));
    return home.waiting.length === 0 && home.value('SELECT count(*) FROM outbox') === 0;
  }, 'all is delivered');
}
