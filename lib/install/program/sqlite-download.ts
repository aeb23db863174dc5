import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { errorCode, TrackerError } from '../../base/errors.ts';
import { writeAtomically } from '../atomic-file.ts';
import { moduleFiles, moduleFolders, nativeModuleFor } from './native-module.ts';
import type { NativeHost } from './native-module.ts';

/** Where the SQLite module is put, and what is needed to get it. */
export interface SqliteDownloadOptions {
  /** What the Node.js of the installation loads. */
  readonly host: NativeHost;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node.js that runs npm; the npm beside it is preferred. */
  readonly node: string;
  /** A folder for temporary files. */
  readonly temporary: string;
  /** The file that gets npm's output. @default one beside the download, which is kept if that fails */
  readonly log?: string;
  /** Is told what goes on, before it begins, and in which file the output is. */
  readonly onStep: (step: string, log: string) => void;
}

/** A SQLite module that was downloaded, in a folder of its own. */
export interface SqliteDownload {
  /** Node.js finds the module from here. */
  readonly root: string;
  /** Removes the folder. */
  readonly remove: () => void;
}

/**
 * Gets the SQLite module for a Node.js from npm. It is needed where npm has left it out: npm ignores an
 * optional package that it cannot download, and for Node.js before 22.14 the module has to be compiled.
 *
 * @throws TrackerError E_NO_NPM, E_DOWNLOAD, E_COMPILE; the log it names is then kept
 */
export async function downloadSqlite(options: SqliteDownloadOptions): Promise<SqliteDownload> {
  const folder = mkdtempSync(join(options.temporary, 'pattern-tracker-'));
  const { log = join(folder, 'npm.log') } = options;
  const root = join(folder, 'sqlite');
  mkdirSync(root);
  try {
    await getModule({ ...options, root, log });
  } catch (error) {
    // Only the log is kept; npm that does not start writes none.
    const isKept = dirname(log) === folder && errorCode(error) !== 'E_NO_NPM';
    rmSync(isKept ? root : folder, { recursive: true, force: true });
    throw error;
  }
  return { root, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Copies the module for `host` that is found from `from` into `to/node_modules`; each file is replaced at once. */
export function copyModule(from: string, host: NativeHost, to: string): void {
  for (const [path, file] of moduleFiles(from, host) ?? []) {
    const content = readFileSync(file);
    const target = join(to, 'node_modules', path);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeAtomically(target, content, 0o644);
  }
}

// --- internal ---

const INSTALL_FLAGS = [
  '--ignore-scripts', // the one script that is needed is run by name
  '--no-save',
  '--no-package-lock',
  '--no-audit',
  '--no-fund',
  '--global=false', // `npm install -g` hands its own setting down
  '--loglevel=error',
  '--fetch-retry-mintimeout=1000', // npm would wait a minute between its attempts
  '--fetch-retry-maxtimeout=5000',
] as const;

declare const SQLITE_RANGES: string | undefined; // the build replaces it by JSON

interface ModuleRun extends SqliteDownloadOptions {
  /** The folder that gets the module. */
  readonly root: string;
  readonly log: string;
}

async function getModule(run: ModuleRun): Promise<void> {
  const { host, onStep, root, log } = run;
  const module = nativeModuleFor(host);
  const [name] = module.packages;
  onStep(`downloading ${name}`, log);
  const wanted = `${name}@${wantedVersion(name)}`;
  if ((await runNpm(['install', '--prefix', root, ...INSTALL_FLAGS, wanted], run)) !== 0) {
    const code = npmCode(log);
    throw new TrackerError('E_DOWNLOAD', `could not download ${name}: ${code}`, {
      hint: `${remedy(code)} Then try again. What npm said is in ${log}.`,
    });
  }
  if (moduleFolders(root, module)) return;
  onStep('compiling SQLite, about 1 min', log);
  const script = name === 'better-sqlite3' ? 'build-release' : 'install';
  await runNpm(['run', script, '--prefix', join(root, 'node_modules', name)], run);
  if (moduleFolders(root, module)) return;
  throw new TrackerError(
    'E_COMPILE',
    `could not compile SQLite for this Node.js (${host.target})`,
    {
      hint: `It needs a C++ compiler, make and Python 3 (Debian: apt install build-essential python3; macOS: xcode-select --install). Or use Node.js 22.14 or newer, which needs none of them on x64 and arm64. Then try again. What the compiler said is in ${log}.`,
    },
  );
}

/** The version that package.json asks for, as npm reads it. */
function wantedVersion(name: string): string {
  const ranges =
    typeof SQLITE_RANGES === 'string'
      ? (JSON.parse(SQLITE_RANGES) as Readonly<Record<string, string>>)
      : sourceRanges();
  return ranges[name] ?? '*';
}

/** Of a checkout that runs from source. */
function sourceRanges(): Readonly<Record<string, string>> {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { optionalDependencies, peerDependencies } = JSON.parse(text) as {
    readonly [key in 'optionalDependencies' | 'peerDependencies']: Readonly<Record<string, string>>;
  };
  return { ...optionalDependencies, ...peerDependencies };
}

/** Runs npm with its output in the log; returns its exit code. */
async function runNpm(
  args: readonly string[],
  { env, node, root, log }: ModuleRun,
): Promise<number> {
  // Native modules are compiled against the headers that came with Node.js, so that nothing is downloaded.
  const prefix = dirname(dirname(node));
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node_version.h'));
  const output = openSync(log, 'a', 0o600);
  try {
    const isWindows = process.platform === 'win32';
    const child = spawn(isWindows ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      env: {
        ...(hasHeaders ? { npm_config_nodedir: prefix } : {}),
        NODE_USE_SYSTEM_CA: '1', // the certificates of the machine's owner; older versions ignore it
        ...env,
        PATH: [dirname(node), env['PATH']].filter(Boolean).join(delimiter),
      },
      shell: isWindows,
      stdio: ['ignore', output, output],
      windowsHide: true,
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new TrackerError(
      'E_NO_NPM',
      'npm is not on PATH, and the SQLite module has to be downloaded',
      {
        hint: 'Install npm, which comes with most packages of Node.js. Then try again.',
      },
    );
  } finally {
    closeSync(output);
  }
}

/** Why npm failed: its last `npm error code X`, such as ECONNREFUSED. */
function npmCode(log: string): string {
  const codes = readFileSync(log, 'utf8').matchAll(/^npm (?:error|ERR!) code (\S+)/gm);
  return [...codes].at(-1)?.[1] ?? 'npm failed';
}

function remedy(code: string): string {
  if (/CERT|ISSUER|SIGNATURE|SSL/.test(code)) {
    return 'Set NODE_EXTRA_CA_CERTS to a file with the certificates of your proxy or mirror.';
  }
  if (/^E(?:40\d|NOVERSIONS|TARGET|INTEGRITY)/.test(code)) {
    return 'The registry does not hand it out: `npm config get registry` shows which one is asked.';
  }
  if (/^E(?:ACCES|PERM|NOSPC|ROFS)/.test(code)) {
    return 'Make room in, or allow writing to, the folder for temporary files and that of `npm config get cache`.';
  }
  return 'Check the network. HTTPS_PROXY names a proxy, `npm config set registry URL` a mirror.';
}
