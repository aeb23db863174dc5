import { idOf } from './bundled-packages.ts';
import type { BundledPackage } from './bundled-packages.ts';

/** What is read of package-lock.json. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package in package-lock.json. */
export interface LockedPackage {
  /** Present where the folder has another name. */
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
}

/** What a bill of materials is made of. */
export interface MaterialOptions {
  /** This package. */
  readonly root: Pick<BundledPackage, 'name' | 'version' | 'license'>;
  readonly bundled: readonly BundledPackage[];
  /** Folders in node_modules of what is not bundled, but loaded from there. */
  readonly loaded: readonly string[];
  readonly lock: LockFile;
}

/**
 * A bill of materials in CycloneDX 1.6: the packages that are bundled (`required`), and those that are loaded
 * (`optional`). It has no time and no serial number, so that the same packages
 * give the same text.
 */
export function billOfMaterials({ root, bundled, loaded, lock }: MaterialOptions): object {
  const extern = loaded.flatMap((folder) => {
    const { name = folder, version, license = '' } = lock.packages[`node_modules/${folder}`] ?? {};
    return version === undefined ? [] : [{ name, version, license }];
  });
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...described(root), type: 'application' } },
    components: [
      ...bundled.map((one) => ({ ...described(one), scope: 'required', ...hashes(one, lock) })),
      ...extern.map((one) => ({ ...described(one), scope: 'optional', ...hashes(one, lock) })),
    ],
    dependencies: [
      { ref: purl(root), dependsOn: [...bundled, ...extern].map(purl) },
      ...[...bundled, ...extern].map((one) => ({ ref: purl(one) })),
    ],
  };
}

// --- internal ---

type Described = MaterialOptions['root'];

function described({ name, version, license }: Described) {
  const purlText = purl({ name, version });
  return {
    type: 'library',
    'bom-ref': purlText,
    name,
    version,
    purl: purlText,
    licenses: [{ license: { id: license } }],
  };
}

function purl({ name, version }: Pick<Described, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** The digest that the registry gives for the package. */
function hashes(one: Described, { packages }: LockFile) {
  const locked = Object.entries(packages).find(([folder, { name, version }]) => {
    const last = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return version !== undefined && idOf({ name: name ?? last, version }) === idOf(one);
  });
  const [, base64] = /^sha512-(\S+)$/.exec(locked?.[1].integrity ?? '') ?? [];
  if (base64 === undefined) return {};
  return {
    hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }],
  };
}
