import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { InvariantError } from '../../lib/base/errors.ts';

/** Podman without a daemon. Its images, containers and networks are in two folders, and gone with them. */
export class Podman {
  readonly #env: Readonly<NodeJS.ProcessEnv>;
  readonly #log: string;

  /**
   * @param root a folder that exists, for settings and networks
   * @param storage the folder for images and containers
   */
  constructor(root: string, storage: string) {
    const networks = join(root, 'networks');
    const programs = join(root, 'bin');
    for (const folder of [networks, programs]) mkdirSync(folder, { recursive: true });
    this.#log = join(root, 'podman.log');
    this.#env = {
      ...process.env,
      PATH: [programs, process.env['PATH'] ?? ''].join(delimiter),
      CONTAINERS_STORAGE_CONF: join(root, 'storage.conf'),
      CONTAINERS_CONF: join(root, 'containers.conf'),
    };
    writeFileSync(join(root, 'storage.conf'), storageSettings(storage));
    writeFileSync(join(root, 'containers.conf'), containerSettings(networks));
    writeFileSync(join(programs, 'docker'), DOCKER, { mode: 0o755 });
  }

  /** Runs podman. @returns what it printed @throws InvariantError when it fails */
  async run(...args: readonly string[]): Promise<string> {
    return this.call('podman', ...args);
  }

  /** Runs a program that finds podman, and `docker compose` by way of it. @returns what it printed @throws InvariantError when it fails */
  async call(program: string, ...args: readonly string[]): Promise<string> {
    this.#note(`$ ${[program, ...args].join(' ')}`);
    const log = openSync(this.#log, 'a');
    const child = spawn(program, args, { env: this.#env, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    const [said, [code]] = await Promise.all([text(child.stdout as Readable), once(child, 'exit')]);
    this.#note(said);
    if (code !== 0) throw new InvariantError(`${program} ${args[0] ?? ''} ended with ${code}`);
    return said;
  }

  /** The end of what all of it has said. */
  lastWords(): string {
    return readFileSync(this.#log, 'utf8').slice(-4_000);
  }

  #note(said: string): void {
    appendFileSync(this.#log, `${said}\n`);
  }
}

/** The project's name, which podman-compose would otherwise take from the folder. */
export const PROJECT = 'pattern-tracker';

// --- internal ---

/** Programs that close each descriptor they might have take minutes with the limits that podman gives. */
const LIMITS = '1024:1024';

function storageSettings(folder: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${join(folder, 'storage')}"
runroot = "${join(folder, 'run')}"
`;
}

/** The networks are among those that Docker takes, because compose.yaml trusts the proxy there. */
function containerSettings(networks: string): string {
  return `[containers]
cgroups = "disabled"
default_ulimits = ["nofile=${LIMITS}", "nproc=${LIMITS}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "${networks}"
default_subnet_pools = [{ base = "172.20.0.0/16", size = 24 }]
`;
}

/** podman-compose prints its own words between those of a command, so that a dump would have them in it. */
const DOCKER = `#!/bin/sh
# docker compose --file FILE COMMAND...
set -eu
file=$3
command=$4
shift 4
case $command in
exec) # -T SERVICE COMMAND...
  service=$2
  shift 2
  exec podman exec --interactive "${PROJECT}_\${service}_1" "$@"
  ;;
stop | restart) set -- --timeout 60 "$@" ;; # podman-compose knows no stop_grace_period
esac
exec podman-compose --project-name ${PROJECT} --file "$file" "$command" "$@"
`;
