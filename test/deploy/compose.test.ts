import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose, deployFiles, deployText, deployYaml, ROOT } from './deploy-files.ts';
import type { Compose, Scrapes } from './deploy-files.ts';

const file = compose();
const services = Object.entries(file.services);

function dependencies(of: Compose['services'][string]): string[] {
  const wanted = of.depends_on ?? [];
  return Array.isArray(wanted) ? [...wanted] : Object.keys(wanted);
}

/** The part before the first colon: a folder here, or the name of a volume. */
const sources = services.flatMap(([, { volumes = [] }]) =>
  volumes.map((volume) => volume.split(':')[0] ?? ''),
);

describe('compose.yaml', () => {
  it('runs two replicas of the service, the database, the proxy and who watches them', () => {
    expect(Object.keys(file.services)).toEqual([
      'service-1',
      'service-2',
      'database',
      'proxy',
      'prometheus',
      'grafana',
    ]);
    expect(file.services['service-1']).toEqual(file.services['service-2']);
  });

  it('pins the version of every image', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/:v?\d+\.\d+[\w.-]*$/);
  });

  it('publishes the port of the proxy alone, on loopback', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((p) => [name, p]));
    expect(published).toEqual([['proxy', '127.0.0.1:8443:8443']]);
  });

  it('names folders and files that exist', () => {
    const folders = sources.filter((path) => path.startsWith('.'));
    expect(folders.length).toBeGreaterThan(3);
    for (const source of folders) {
      expect(existsSync(join(ROOT, 'deploy', source)), source).toBe(true);
    }
    const build = file.services['service-1']?.build;
    expect(existsSync(join(ROOT, 'deploy', build?.context ?? '?', build?.dockerfile ?? '?'))).toBe(
      true,
    );
  });

  it('declares the volumes, networks and secrets that are used, and no others', () => {
    const named = sources.filter((source) => !source.startsWith('.'));
    expect(new Set(named)).toEqual(new Set(Object.keys(file.volumes)));
    const networks = services.flatMap(([, service]) => service.networks);
    expect(new Set(networks)).toEqual(new Set(Object.keys(file.networks)));
    const secrets = services.flatMap(([, service]) => service.secrets ?? []);
    expect(new Set(secrets)).toEqual(new Set(Object.keys(file.secrets)));
  });

  it('waits only for services that are there', () => {
    const awaited = services.flatMap(([, service]) => dependencies(service));
    expect(awaited.length).toBeGreaterThan(0);
    for (const name of awaited) expect(file.services).toHaveProperty(name);
  });

  it('reads every secret that a setting names', () => {
    const read = services.flatMap(([name, service]) =>
      [...JSON.stringify(service).matchAll(/\/run\/secrets\/(\w+)/g)].map(
        ([, secret = '']) => [name, secret, service.secrets] as const,
      ),
    );
    expect(read.length).toBeGreaterThan(2);
    for (const [name, secret, secrets] of read) expect(secrets, name).toContain(secret);
  });

  it('holds no secret itself', () => {
    const secret = services
      .flatMap(([, { environment = {} }]) => Object.entries(environment))
      .filter(([name]) => /PASSWORD|SECRET|TOKEN|DATABASE/.test(name));
    expect(secret.length).toBeGreaterThan(2);
    for (const [name, value] of secret) {
      expect(name).toMatch(/FILE$/);
      expect(value).toMatch(/^\/run\/secrets\//);
    }
    for (const { file: path } of Object.values(file.secrets))
      expect(path).toMatch(/^\.\/secrets\//);
  });

  it('gives each service limits, a restart, and no privileges it does not need', () => {
    for (const [name, service] of services) {
      expect(service.restart, name).toBe('unless-stopped');
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
      expect(Object.keys(service.deploy?.resources.limits ?? {}), name).toEqual(['cpus', 'memory']);
      if (name !== 'database') expect(service.read_only, name).toBe(true);
    }
  });

  it('keeps the database from everything but the service', () => {
    const reach = services.filter(([, { networks }]) => networks.includes('data'));
    expect(reach.map(([name]) => name)).toEqual(['service-1', 'service-2', 'database']);
    expect(file.services['database']?.networks).toEqual(['data']);
    expect(file.networks['data']).toEqual({ internal: true });
  });

  it('gives a replica longer to stop than it takes', () => {
    expect(Number.parseInt(file.services['service-1']?.stop_grace_period ?? '0')).toBeGreaterThan(
      25,
    );
  });
});

describe('what refers to compose.yaml', () => {
  const command = file.services['service-1']?.command ?? [];
  const port = command.find((flag) => flag.startsWith('--port='))?.slice('--port='.length);

  it('has targets in Prometheus that are replicas, on their port, under a name they answer to', () => {
    const { scrape_configs: jobs } = deployYaml<Scrapes>('prometheus/prometheus.yml');
    const targets = jobs.flatMap((job) => job.static_configs ?? []).flatMap((one) => one.targets);
    expect(targets).toEqual([`service-1:${port}`, `service-2:${port}`]);
    const names = command.find((flag) => flag.startsWith('--allowed-host='))?.split(/[=,]/);
    for (const target of targets) expect(names).toContain(target.split(':')[0]);
    expect(names).toContain('localhost');
  });

  it('has upstreams in Caddy that are services which the proxy can reach', () => {
    const upstreams = [...deployText('caddy/Caddyfile').matchAll(/reverse_proxy (.+?) ?\{?$/gm)]
      .flatMap(([, hosts = '']) => hosts.split(' '))
      .toSorted();
    expect(upstreams).toEqual(['grafana:3000', `service-1:${port}`, `service-2:${port}`]);
    for (const upstream of upstreams) {
      expect(file.services[upstream.split(':')[0] ?? '']?.networks).toContain('edge');
    }
  });

  it('has every variable in .env.example with the default of compose.yaml, and no other', () => {
    const used = new Map(
      [...deployText('compose.yaml').matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    const told = deployText('.env.example').matchAll(/^(\w+)=(.*)$/gm);
    expect(new Map([...told].map(([, name, value]) => [name, value]))).toEqual(used);
  });

  it('has no password in any file of deploy/', () => {
    const kept = deployFiles().filter((path) => !/^(?:secrets|certs)\//.test(path));
    expect(kept.length).toBeGreaterThan(20);
    for (const path of kept) {
      const passwords = [...deployText(path).matchAll(/:\/\/[^\s/:@]+:([^\s@]+)@/g)];
      for (const [, password] of passwords)
        expect(['PASSWORD', '$password'], path).toContain(password);
    }
  });
});
