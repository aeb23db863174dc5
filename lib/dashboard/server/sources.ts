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
