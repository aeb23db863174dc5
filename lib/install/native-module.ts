import { join } from 'node:path';
import { sqlitePackage } from '../base/sqlite-package.ts';
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
  readonly packages: readonly string[];
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
 * The files of that module in a folder `node_modules`, relative to it; undefined when it holds no binary
 * for `host`.
 */
export function nativeModulePaths(folder: string, host: NativeHost): string[] | undefined {
  const { packages, includes, binaries } = nativeModuleFor(host);
  const paths = packages
    .flatMap((name) => walk(join(folder, name)).map((path) => `${name}/${path}`))
    .filter((path) => includes(path));
  return binaries.some((path) => paths.includes(path)) ? paths : undefined;
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
