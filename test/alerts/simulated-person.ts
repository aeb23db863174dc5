// A person who works with Claude through a week, by an injected clock: what happens on their machine is in a real
// tracker.db, and they look at it with the real commands.
import { main } from '../../lib/cli/main.ts';
import { testEnvironment } from '../cli/test-environment.ts';
import type { CheckReport } from '../processes/operated-home.ts';
import { OperatedHome } from '../processes/operated-home.ts';
import { HOUR, MINUTE, WatchedHome } from './watched-home.ts';

const DAY = 24 * HOUR;

/** What becomes of a week. Each says of a moment whether it is so. */
export interface Week {
  /** The server refuses connections. */
  readonly isDown?: (at: number) => boolean;
  /** The courier is killed as soon as it is started. */
  readonly isKilled?: (at: number) => boolean;
}

/** What a person is told in a week; days are `Mon` to `Fri`, and `Next`. */
export interface Lived {
  /** `Tue api_down firing` */
  readonly told: readonly string[];
  /** What the list of each morning says that is not well: `drift warn`. */
  readonly mornings: Readonly<Record<string, readonly string[]>>;
  /** What the report of the week says of each day. */
  readonly days: Readonly<Record<string, ReportedDay>>;
}

/** What the report says of a day. */
export interface ReportedDay {
  readonly captured: number;
  readonly delivered: number;
  readonly successRate: number | null;
  readonly trips: number;
}

export class SimulatedPerson {
  readonly #installed: OperatedHome;
  readonly #home: WatchedHome;
  readonly #works: (at: number) => boolean;

  /** @param works in which minutes Claude works for them */
  constructor(server: string, works: (at: number) => boolean) {
    const yaml = `api: { base_url: '${server}' }\n`;
    this.#installed = new OperatedHome(yaml);
    this.#home = new WatchedHome(yaml, this.#installed.folder);
    this.#works = works;
  }

  /**
   * Lives five workdays, of which each begins at 8:55 and ends at 17:02, when the laptop is shut until the next; and the
   * morning after the weekend: `Next`.
   */
  async live(monday: number, { isDown = never, isKilled = never }: Week = {}): Promise<Lived> {
    const home = this.#home;
    const mornings: Record<string, string[]> = {};
    const midnight = monday - (monday % DAY);
    for (const [day, name] of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'].entries()) {
      home.now = midnight + day * DAY + MORNING;
      if (day === 0) await this.#command('config backup');
      mornings[name] = await this.#check();
      await this.#workUntil(midnight + day * DAY + SHUT, { isDown, isKilled });
      if (day === 0) await this.#command('backup');
    }
    const days = await this.#report();
    home.now = midnight + 7 * DAY + MORNING;
    mornings['Next'] = await this.#check();
    await home.look();
    const told = home.told.map(({ at, rule, state }) => {
      const isNext = Date.parse(at) === home.now;
      return `${isNext ? 'Next' : nameOf(Date.parse(at))} ${rule} ${state}`;
    });
    return { told, mornings, days };
  }

  /** What `check` says now that is not well, but for an answer that is late because the machine of the test is busy. */
  async #check(): Promise<string[]> {
    const { checks } = JSON.parse(await this.#command('check --daily --json')) as CheckReport;
    return checks
      .filter(({ id, status }) => status !== 'ok' && !(id === 'api' && status === 'warn'))
      .map(({ id, status }) => `${id} ${status}`);
  }

  /** What a command prints when it is called now. */
  async #command(argv: string): Promise<string> {
    const { cli, written } = testEnvironment(this.#home, { now: () => this.#home.now });
    await main(argv.split(' '), cli);
    if (written.err !== '') throw new Error(`${argv}: ${written.err}`);
    return written.out;
  }

  async remove(): Promise<void> {
    this.#home.remove();
    await this.#installed.remove();
  }

  async #workUntil(end: number, { isDown, isKilled }: Required<Week>): Promise<void> {
    const home = this.#home;
    let livesUntil = 0;
    let crashes: number[] = [];
    for (; home.now < end; home.now += MINUTE) {
      const isAtWork = this.#works(home.now);
      if (isAtWork) {
        home.work();
        home.session();
        this.#record();
        home.queue();
        livesUntil = home.now + LINGERS;
      }
      if (isAtWork && isKilled(home.now)) {
        crashes = [...crashes, home.now];
        home.courier({ crashes });
      }
      const waits = home.database.prepare('SELECT count(*) FROM outbox').pluck().get() !== 0;
      if (isAtWork && waits) livesUntil = home.now + HOUR;
      if (home.now > livesUntil) continue;
      if (waits) home.request(!isDown(home.now));
      home.courier({ crashes, startedAt: home.now, updatedAt: home.now });
      await home.look();
    }
  }

  /** An event of a hook, and that the transcript tells of no other. */
  #record(): void {
    const { database, now } = this.#home;
    database
      .prepare(
        `INSERT INTO events (event_id, session_id, name, received_at, size)
         VALUES (?, 'session-1', 'PostToolUse', ?, 1)`,
      )
      .run(`at-${now}`, now);
    database
      .prepare(
        `INSERT INTO transcript_proofs VALUES ('session-1', ?, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, '{}')
         ON CONFLICT (session_id) DO UPDATE SET at = excluded.at, events = events + 1, calls = calls + 1, tracked = tracked + 1`,
      )
      .run(now);
  }

  /** The days of the report of the week. */
  async #report(): Promise<Record<string, ReportedDay>> {
    const { days } = JSON.parse(await this.#command('report --weekly --json')) as {
      days: {
        day: string;
        delivery: Omit<ReportedDay, 'successRate'> & { success_rate: number };
      }[];
    };
    return Object.fromEntries(
      days.map(({ day, delivery: { captured, delivered, success_rate: successRate, trips } }) => [
        nameOf(Date.parse(day)),
        { captured, delivered, successRate, trips },
      ]),
    );
  }
}

// --- internal ---

const MORNING = 8 * HOUR + 55 * MINUTE;
const SHUT = 17 * HOUR + 2 * MINUTE;
/** A courier stays so long after the last event, or an hour if something waits. */
const LINGERS = 2 * MINUTE;
const never = () => false;

function nameOf(at: number): string {
  return new Date(at).toUTCString().slice(0, 3);
}
