import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isLoopback } from '../../base/loopback.ts';
import { serviceUnits } from '../../health/audit/service-files.ts';
import type { CliEnvironment } from '../environment.ts';
import type { Remedy } from './remedy.ts';
import { lastServed, servingPid, servingPorts, supervisingPid } from './served-service.ts';

/** What can be done about a service that does not answer. */
export interface ServiceRemedy {
  /** Undefined where a person has to do it. */
  readonly remedy: Remedy | undefined;
  readonly hint: string;
}

/**
 * How to start the service at `address` again; undefined for one on another machine. It is left to the `supervise` that keeps
 * it running, or to a service manager that has a unit of ours; else `serve` is started as it was before, if it ever was.
 */
export function serviceRemedy(cli: CliEnvironment, address: string): ServiceRemedy | undefined {
  const { hostname, port } = new URL(address);
  if (!isLoopback(hostname)) return undefined;
  const [supervisor, former] = [supervisingPid, servingPid].map((of) =>
    of(cli.paths, Number(port)),
  );
  if (supervisor !== undefined) {
    const remedy = { kind: 'supervised', port: Number(port), supervisor, former } as const;
    return {
      remedy,
      hint: `\`pattern-tracker supervise\`, pid ${supervisor}, keeps it running: look at what it says.`,
    };
  }
  const unit = serviceUnits(cli).find((file) => SERVES.test(textOf(file)));
  if (unit !== undefined) return managed(unit);
  const nothing = `Nothing answers on port ${port || 'of the protocol'} of this machine.`;
  const service = lastServed(cli.paths, Number(port));
  if (!service) {
    const [other] = servingPorts(cli.paths);
    if (other !== undefined) {
      const hint = `${nothing} A service answers on port ${other}: correct api.base_url, if that is the one.`;
      return { remedy: undefined, hint };
    }
    const hint = `${nothing} It was never started from here: run \`pattern-tracker serve\`, or the service manager that runs it.`;
    return { remedy: undefined, hint };
  }
  const missing = service.lacks.filter((name) => !cli.env[name]);
  if (missing.length > 0) {
    const hint = `${nothing} Start \`pattern-tracker serve\` as you did: ${missing.join(', ')} was not kept, because it may hold a password.`;
    return { remedy: undefined, hint };
  }
  const remedy = { kind: 'serve', service, former } as const;
  return { remedy, hint: `${nothing} Look at ${cli.paths.logs}/serve.log.` };
}

// --- internal ---

const SERVES = /pattern-tracker.*\bserve\b/s;

function managed(unit: string): ServiceRemedy {
  const name = basename(unit).replace(/\.(?:service|plist)$/, '');
  if (unit.endsWith('.plist')) {
    const hint = `launchd runs it: \`launchctl kickstart -k gui/$(id -u)/${name}\`.`;
    return { remedy: undefined, hint };
  }
  if (unit.startsWith('/etc/'))
    return { remedy: undefined, hint: `systemd runs it: \`sudo systemctl restart ${name}\`.` };
  return {
    remedy: { kind: 'program', command: ['systemctl', '--user', 'restart', name] },
    hint: `Run \`systemctl --user status ${name}\`.`,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
