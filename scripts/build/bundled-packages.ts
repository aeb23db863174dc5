import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { TrackerError } from '../../lib/base/errors.ts';

/** A package of which code is in dist/. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** The texts of its licence and notice files; empty when it has none. */
  readonly texts: readonly string[];
}

/**
 * The packages of which code is in what esbuild wrote, sorted by name and version.
 *
 * @throws TrackerError E_BUILD when one is under no licence that allows this, or lacks its text
 */
export function bundledPackages(metafiles: readonly Pick<Metafile, 'outputs'>[]): BundledPackage[] {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(path);
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  const packages = new Map([...folders].map(readPackage).map((one) => [idOf(one), one]));
  return [...packages.values()].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** `name@version`. */
export function idOf({ name, version }: Pick<BundledPackage, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

// --- internal ---

/** The innermost folder of a package that holds `path`. */
function packageFolder(path: string): string | undefined {
  return /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

function readPackage(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
  };
  const { name, version, license } = manifest;
  if (typeof license !== 'string') {
    throw new TrackerError('E_BUILD', `${name}@${version} does not say under which licence it is`);
  }
  const isFree = FREE.has(license);
  if (!isFree && !ACCEPTED.has(license)) {
    throw new TrackerError(
      'E_BUILD',
      `${name}@${version} is under ${license}, which we do not bundle`,
    );
  }
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.toSorted().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (!isFree && texts.length === 0) {
    throw new TrackerError('E_BUILD', `${name}@${version} has no text of its licence to hand on`);
  }
  return { name, version, license, texts };
}

/** What is asked for is only that the text goes along. */
const ACCEPTED: ReadonlySet<string> = new Set([
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);
/** Not even that. */
const FREE: ReadonlySet<string> = new Set(['0BSD', 'CC0-1.0', 'MIT-0', 'Unlicense']);

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-][\w.-]*)?$/i;
