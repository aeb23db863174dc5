import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { InvariantError } from '../../lib/base/errors.ts';
import { until } from '../../test/support/until.ts';
import { LOAD_CLIENTS } from '../cluster/load.ts';
import type { LoadApi, LoadTarget } from '../cluster/load.ts';
import type { Podman } from './podman.ts';
import { PROJECT } from './podman.ts';

/** deploy/compose.yaml as far as this reads it. */
interface ComposeFile {
  services: Record<string, { image: string; build?: unknown; volumes?: string[] }>;
  secrets: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

/** What deploy/compose.yaml starts, from a copy of deploy/ with secrets of its own. */
export class Composition implements LoadTarget {
  readonly #podman: Podman;
  readonly #root: string;
  readonly #deploy: string;
  readonly #file: ComposeFile;

  /** @param root an empty folder */
  constructor(podman: Podman, root: string) {
    this.#podman = podman;
    this.#root = root;
    this.#deploy = join(root, 'deploy');
    cpSync('deploy', this.#deploy, { recursive: true });
    cpSync(join(this.#deploy, '.env.example'), join(this.#deploy, '.env'));
    this.#file = trialFile(readFileSync('deploy/compose.yaml', 'utf8'));
    writeFileSync(join(this.#deploy, 'compose.yaml'), stringify(this.#file));
  }

  /** The image that compose.yaml names for a service. */
  image(service: string): string {
    return this.#file.services[service]?.image ?? '';
  }

  /** Goes the way of docs/deployment.md: secrets, database, tokens, the rest. */
  async start(image: string, onStep: (step: string) => void): Promise<void> {
    await this.#podman.call(join(this.#deploy, 'make-secrets.sh'));
    this.#use(image);
    onStep('starting the database');
    await this.compose('up', '--detach', '--no-deps', 'database');
    await this.isHealthy('database');
    onStep('making tokens');
    mkdirSync(join(this.#root, 'tokens'));
    for (let client = 0; client < LOAD_CLIENTS; client += 1)
      writeFileSync(this.#token(client), await this.#makeToken(`client-${client}`), {
        mode: 0o600,
      });
    onStep('starting the rest');
    for (const service of ['service-1', 'service-2', 'proxy', 'prometheus'])
      await this.compose('up', '--detach', '--no-deps', service);
    for (const service of ['service-1', 'service-2']) await this.isHealthy(service);
    const authority = '/data/caddy/pki/authorities/local/root.crt';
    await until(async () => {
      try {
        writeFileSync(this.#authority, await this.inside('proxy', 'cat', authority));
        return true;
      } catch {
        await setTimeout(LOOK_MS);
        return false;
      }
    }, 'Caddy has made its authority');
  }

  /** What a machine's configuration names, as docs/deployment.md says. */
  api(courier: number): LoadApi {
    return {
      base_url: 'https://localhost:8443',
      token_file: this.#token(courier),
      ca_file: this.#authority,
    };
  }

  async query<Row extends object>(sql: string): Promise<readonly Row[]> {
    const rows = `SELECT coalesce(json_agg(r), '[]') FROM (${sql}) r`;
    const psql = ['psql', '--username', 'tracker', '--no-align', '--tuples-only', '--command'];
    return JSON.parse(await this.inside('database', ...psql, rows)) as readonly Row[];
  }

  async restart(service: string): Promise<void> {
    await this.compose('restart', service);
  }

  /** Kills a service, and starts it again, which Docker would do by itself. */
  async kill(service: string): Promise<void> {
    await this.#podman.run('kill', '--signal=KILL', container(service));
    await this.#podman.run('start', container(service));
  }

  /** Puts a new container of another image in the place of a service's. */
  async replace(service: string, image: string): Promise<void> {
    this.#use(image);
    await this.compose('stop', service);
    await this.#podman.run('rm', container(service));
    await this.compose('up', '--detach', '--no-deps', service);
    await this.isHealthy(service);
  }

  /** Waits until the health check of a service's container holds; nobody else asks it, without systemd. */
  async isHealthy(service: string): Promise<void> {
    await until(async () => {
      try {
        await this.#podman.run('healthcheck', 'run', container(service));
        return true;
      } catch {
        await setTimeout(LOOK_MS);
        return false;
      }
    }, `${service} is healthy`);
  }

  /** How many replicas Prometheus reads. */
  async scraped(): Promise<number> {
    const address = await this.#podman.run(
      'inspect',
      '--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      container('prometheus'),
    );
    const query = encodeURIComponent('sum(up{job="pattern-tracker"})');
    try {
      const answer = await fetch(`http://${address.trim()}:9090/api/v1/query?query=${query}`);
      const { data } = (await answer.json()) as {
        data?: { result: { value: [number, string] }[] };
      };
      return Number(data?.result[0]?.value[1] ?? 0);
    } catch {
      return 0; // it has only just started
    }
  }

  /** Dumps the database with the script of deploy/. @returns the file */
  async backup(): Promise<string> {
    const folder = join(this.#root, 'backup');
    mkdirSync(folder, { recursive: true });
    const said = await this.#podman.call(join(this.#deploy, 'backup-postgres.sh'), folder);
    return /dumped to (\S+)/.exec(said)?.[1] ?? '';
  }

  /** Does what docs/deployment.md says about a dump. */
  async restore(dump: string): Promise<void> {
    const page = readFileSync('docs/deployment.md', 'utf8');
    const block = /^To restore into an empty database:\n\n```sh\n(.+?)^```/ms.exec(page)?.[1] ?? '';
    if (!block.includes('FILE.dump'))
      throw new InvariantError('docs/deployment.md does not say how to restore');
    const file = join(this.#deploy, 'compose.yaml');
    const alias = `tracker-compose() { docker compose --file '${file}' "$@"; }`;
    await this.#podman.call('bash', '-euc', `${alias}\n${block.replace('FILE.dump', dump)}`);
    for (const service of ['service-1', 'service-2']) await this.isHealthy(service);
  }

  async compose(...command: readonly string[]): Promise<string> {
    const file = join(this.#deploy, 'compose.yaml');
    return this.#podman.call('docker', 'compose', '--file', file, ...command);
  }

  /** Runs a command in a service's container. */
  async inside(service: string, ...command: readonly string[]): Promise<string> {
    return this.compose('exec', '-T', service, ...command);
  }

  async remove(): Promise<void> {
    await this.#podman.run('rm', '--all', '--force', '--time=1');
    await this.#podman.run('volume', 'rm', '--all', '--force');
  }

  get #authority(): string {
    return join(this.#root, 'team-ca.pem');
  }

  #token(client: number): string {
    return join(this.#root, 'tokens', String(client));
  }

  async #makeToken(name: string): Promise<string> {
    const how = `run --rm --no-deps -T service-1 token create --json --name ${name}`;
    const said = await this.compose(...`${how} --tenant default --scope read,write`.split(' '));
    return /"token": ?"([^"]+)"/.exec(said)?.[1] ?? '';
  }

  #use(image: string): void {
    const file = join(this.#deploy, '.env');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/^PATTERN_TRACKER_IMAGE=.*$/m, `PATTERN_TRACKER_IMAGE=${image}`),
    );
  }
}

/**
 * compose.yaml without Grafana, of which Debian has no package; without what only a newer Caddy than Debian's reads; and
 * without the build, since the images are there.
 */
export function trialFile(text: string): ComposeFile {
  const file = parse(text, { merge: true }) as ComposeFile;
  delete file.services['grafana'];
  delete file.volumes['grafana'];
  delete file.secrets['grafana_admin_password'];
  for (const service of Object.values(file.services)) {
    delete service.build;
    if (service.volumes)
      service.volumes = service.volumes.filter((volume) => !volume.includes('since-2.11'));
  }
  return file;
}

// --- internal ---

/** Between two looks at what starts, in milliseconds: each look is a process. */
const LOOK_MS = 500;

const container = (service: string) => `${PROJECT}_${service}_1`;
