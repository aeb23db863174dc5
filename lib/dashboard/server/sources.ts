import type { AlertSources } from '../../alerts/alert-facts.ts';
import { judgedNow } from '../../alerts/alert-watch.ts';
import { shownAlerts } from '../../alerts/shown-alerts.ts';
import type { ShownAlert } from '../../alerts/shown-alerts.ts';
import { loadConfig } from '../../config/config-file.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import { destinationOf } from '../../delivery/destination.ts';
import type { DeliveryHealth } from '../../health/delivery-health.ts';
import type { FactSources } from '../../health/fact-sources.ts';
import { gatherFacts } from '../../health/health-facts.ts';
import type { HealthFacts } from '../../health/health-facts.ts';
import type { RegistrationFacts } from '../../health/installation.ts';
import { trackerHealth } from '../../health/tracker-health.ts';
import type { Database } from '../../store/database/database.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { allProjects } from '../../store/queries/projects.ts';

/** What the dashboard is given by the program that starts it, which alone knows how it is installed. */
export interface Installation extends FactSources {
  /** What Claude Code's settings say about recording. */
  readonly registration: () => RegistrationFacts;
  /** Where alerts get their facts, as in the courier. */
  readonly alertSources: () => AlertSources;
  /** What a command answers with `--json`. It runs in a process of its own. @throws TrackerError E_COMMAND */
  readonly answer: (words: readonly string[]) => Promise<unknown>;
}

/** The health of the installation, and the facts that it follows from. */
export interface HealthReading {
  readonly facts: HealthFacts;
  readonly health: DeliveryHealth;
  readonly config: LoadedConfig;
}

/** Where the queries of pages read. Everything is read-only. */
export class Sources {
  readonly installation: Installation;
  #health: HealthReading | undefined;
  /** How long that is kept, in milliseconds. */
  #healthAge = LEAST_HEALTH_AGE_MS;
  #isHealthDue = false;
  #alerts: { readonly at: number; readonly shown: readonly ShownAlert[] } | undefined;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

  constructor(installation: Installation) {
    this.installation = installation;
  }

  /** Runs `read` on tracker.db; undefined when there is none yet. @throws TrackerError E_DATABASE_… */
  read<T>(read: (database: Database) => T): T | undefined {
    return readDatabase(this.installation.paths.database, read);
  }

  /** The ids of the projects of a name or a root. */
  projectIds(project: string | null): number[] | undefined {
    if (project === null || project === '') return undefined;
    const known = this.read(allProjects) ?? [];
    return known
      .filter(({ name, root }) => name === project || root === project)
      .map(({ id }) => id);
  }

  /**
   * What a command of the command line answers: for pages that show what takes long to find out, without holding up the others.
   * It is kept for a minute.
   */
  async answerOf<T>(words: readonly string[]): Promise<T> {
    const now = this.installation.now();
    for (const [key, { at }] of this.#answers) {
      if (Math.abs(now - at) >= ANSWER_AGE_MS) this.#answers.delete(key);
    }
    const key = JSON.stringify(words);
    const known = this.#answers.get(key);
    const answer = known?.answer ?? this.installation.answer(words);
    if (!known) this.#answers.set(key, { at: now, answer });
    try {
      return (await answer) as T;
    } catch (error) {
      this.#answers.delete(key);
      throw error;
    }
  }

  /** Lets go of all that is kept: after an action, it may be otherwise. */
  refresh(): void {
    this.#health = undefined;
    this.#alerts = undefined;
    this.#answers.clear();
  }

  /** What `pattern-tracker alerts` shows. It is kept for some seconds, too. */
  alerts(): readonly ShownAlert[] {
    const { alertSources, paths, now } = this.installation;
    const at = now();
    if (this.#alerts && Math.abs(at - this.#alerts.at) < LEAST_HEALTH_AGE_MS)
      return this.#alerts.shown;
    const shown = shownAlerts(judgedNow(alertSources()), { paths, now: at });
    this.#alerts = { at, shown };
    return shown;
  }

  /** What `pattern-tracker health` says. It is kept for some seconds, because all pages show it. */
  health(): HealthReading {
    if (this.#health && !this.#isHealthOld(this.#health)) return this.#health;
    const begun = performance.now();
    const { env, paths } = this.installation;
    const config = loadConfig(paths, { env });
    const facts = gatherFacts(this.installation, {
      registration: this.installation.registration(),
      destination: (sink, database) => destinationOf(sink, config, database),
    });
    this.#health = { facts, config, health: trackerHealth(facts, config) };
    this.#healthAge = Math.max(LEAST_HEALTH_AGE_MS, 100 * (performance.now() - begun));
    return this.#health;
  }

  /** The last word on health. Nobody waits for a newer one, which is found out soon if this one is old. */
  healthWord(): HealthReading['health']['status'] {
    if (!this.#health) return this.health().health.status;
    if (!this.#isHealthDue && this.#isHealthOld(this.#health)) {
      this.#isHealthDue = true;
      setTimeout(() => {
        this.#isHealthDue = false;
        this.health();
      }, 0).unref();
    }
    return this.#health.health.status;
  }

  #isHealthOld({ facts }: HealthReading): boolean {
    const age = this.installation.now() - facts.at;
    return age < 0 || age >= this.#healthAge;
  }
}

// --- internal ---

/** In milliseconds. Gathering the facts looks at some thousand files, and at a large database takes longer: a hundredth of the time at most. */
const LEAST_HEALTH_AGE_MS = 5_000;
/** People who look again within this time are shown the same. */
const ANSWER_AGE_MS = 60_000;
