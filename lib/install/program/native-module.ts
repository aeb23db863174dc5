import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sqlitePackage } from '../../base/sqlite-package.ts';
import { walk } from './file-walk.ts';

/** The properties of a Node.js that decide which binary of SQLite it loads. */
export interface NativeHost {
  /** The version of Node-API, as in `process.versions.napi`. */
  readonly nodeApi: string | undefined;
  /** As better-sqlite3 names its prebuilt binaries: `linux-x64`, `linuxmusl-arm64`. */
  readonly target: string;
}

/** What an installation copies from node_modules/. Paths are relative to that, with `/`. */
export interface NativeModule {
  /** The module itself, then what it needs: each is loaded by the one before. */
  readonly packages: readonly [string, ...string[]];
  /** True for a file of these packages that is needed. */
  readonly includes: (path: string) => boolean;
  /** One of these files has to exist. */
  readonly binaries: readonly [string, ...string[]];
}

/** The host that this process runs on. */
export function nativeHost(): NativeHost {
  const system = isMusl() ? 'linuxmusl' : process.platform;
  return { nodeApi: process.versions['napi'], target: `${system}-${process.arch}` };
}

/** The module that `host` loads, without the binaries for other hosts. */
export function nativeModuleFor({ nodeApi, target }: NativeHost): NativeModule {
  const name = sqlitePackage(nodeApi);
  const compiled = `${name}/build/Release/better_sqlite3.node`;
  const isOld = name === 'better-sqlite3-12';
  const binaries: NativeModule['binaries'] = isOld
    ? [compiled]
    : [`${name}/prebuilds/${target}.node`, compiled];
  return {
    packages: isOld ? [name, 'bindings', 'file-uri-to-path'] : [name],
    includes: (path) => binaries.includes(path) || SCRIPTS.test(path),
    binaries,
  };
}

/**
 * The folder of each package of the module, found as Node.js finds it from `root`: npm may have put it
 * inside of this package or beside it. Undefined when one is missing, or none of its binaries is there.
 */
export function moduleFolders(
  root: string,
  { packages, binaries }: NativeModule,
): ReadonlyMap<string, string> | undefined {
  const folders = new Map<string, string>();
  let from = root;
  for (const name of packages) {
    const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
    const place = places.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
    if (place === undefined) return undefined;
    from = realpathSync(place);
    folders.set(name, from);
  }
  const [name] = packages;
  const hasBinary = binaries.some((path) =>
    existsSync(join(folders.get(name) ?? '', path.slice(name.length))),
  );
  return hasBinary ? folders : undefined;
}

/**
 * The files of the module for `host` that a program needs, found from `root`: where each is, by its path within
 * `node_modules`. Undefined when the module is not there.
 */
export function moduleFiles(
  root: string,
  host: NativeHost,
): ReadonlyMap<string, string> | undefined {
  const module = nativeModuleFor(host);
  const folders = moduleFolders(root, module);
  return (
    folders &&
    new Map(
      [...folders].flatMap(([name, folder]) =>
        walk(folder).flatMap((path) =>
          module.includes(`${name}/${path}`)
            ? [[`${name}/${path}`, join(folder, path)] as const]
            : [],
        ),
      ),
    )
  );
}

// --- internal ---

const SCRIPTS = /^[^/]+\/(?:package\.json|LICENSE[^/]*|[^/]+\.js|lib\/.+)$/;

/** True when this Node.js is linked with musl: only with glibc does its report name a glibc version. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true; // otherwise the report looks up host names, which takes time
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
