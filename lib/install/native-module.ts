import { sqlitePackage } from '../base/sqlite-package.ts';

/** What decides which binary of SQLite a Node.js loads. */
export interface NativeHost {
  /** The version of Node-API, as in `process.versions.napi`. */
  readonly nodeApi: string | undefined;
  /** As better-sqlite3 names its prebuilt binaries: `linux-x64`, `linuxmusl-arm64`. */
  readonly target: string;
}

/** What an installation takes out of node_modules/; paths are relative to that, with `/`. */
export interface NativeModule {
  readonly packages: readonly string[];
  /** Whether a file of these packages is needed. */
  readonly includes: (path: string) => boolean;
  /** Paths of which there has to be one. */
  readonly binaries: readonly [string, ...string[]];
}

/** The host that this process runs on. */
export function nativeHost(): NativeHost {
  const system = isMusl() ? 'linuxmusl' : process.platform;
  return { nodeApi: process.versions['napi'], target: `${system}-${process.arch}` };
}

/** The module that `host` loads, without the binaries for others. */
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

// --- internal ---

const SCRIPTS = /^[^/]+\/(?:package\.json|LICENSE[^/]*|[^/]+\.js|lib\/.+)$/;

/** Which C library this Node.js is linked with: glibc names its version. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true; // else it looks up names
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
