import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serveCommand } from '../../lib/cli/commands/serve.ts';
import { installedCheckers } from '../support/installed-checkers.ts';

const FOLDER = 'deploy/kubernetes';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: { readonly spec: PodSpec };
  };
  readonly stringData?: Readonly<Record<string, string>>;
}

interface PodSpec {
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly value: string }[];
    readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
    readonly volumeMounts: readonly { readonly mountPath: string; readonly name: string }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: {
      readonly secretName: string;
      readonly items: readonly { readonly key: string; readonly path: string }[];
    };
  }[];
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const parsed = (name: string) => parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Manifest;
const manifests = files.filter((name) => name !== 'kustomization.yaml').map(parsed);
const named = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
const pods = manifests.flatMap(({ spec }) => spec?.template?.spec ?? []);

const models = await installedCheckers<
  Record<string, new (given: Manifest) => { validate(): void }>[]
>(
  ...['v1', 'apps/v1', 'batch/v1', 'policy/v1', 'networking.k8s.io/v1'].map(
    (version) => `kubernetes-models/${version}`,
  ),
);

describe('the manifests for Kubernetes', () => {
  it('are all named by kustomization.yaml, but for the secret', () => {
    const { resources } = parsed('kustomization.yaml') as unknown as { resources: string[] };
    expect(resources.toSorted()).toEqual(
      files.filter((name) => !/^(?:kustomization|secrets\.example)/.test(name)).toSorted(),
    );
  });

  it.skipIf(!models).each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
    'fit the schema: %s',
    (kind, manifest) => {
      const Model = models?.map((module) => module[kind]).find((found) => found !== undefined);
      expect(Model).toBeDefined();
      expect(() => Model && new Model(manifest).validate()).not.toThrow();
    },
  );

  it('start the service with options that it has', () => {
    const known = new Set(Object.keys(serveCommand.args ?? {}));
    const used = pods.flatMap(({ containers }) =>
      containers.flatMap(({ args }) =>
        args.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []),
      ),
    );
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('take from the secret what it holds, to where it is read', () => {
    const secret = named('Secret');
    for (const { containers, volumes } of pods) {
      const [volume] = volumes.filter(({ secret: one }) => one !== undefined);
      const mount = containers[0]?.volumeMounts.find(({ name }) => name === volume?.name);
      expect(volume?.secret?.secretName).toBe(secret?.metadata.name);
      for (const { key } of volume?.secret?.items ?? [])
        expect(Object.keys(secret?.stringData ?? {})).toContain(key);
      const places = volume?.secret?.items.map(({ path }) => `${mount?.mountPath}/${path}`) ?? [];
      const read = [
        ...(containers[0]?.env.map(({ value }) => value) ?? []),
        ...(containers[0]?.args.flatMap((word) => word.split('=')[1] ?? []) ?? []),
      ].filter((word) => word.startsWith('/run/secrets/'));
      expect(read.toSorted()).toEqual(places.toSorted());
    }
  });
});
