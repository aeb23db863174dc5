import { spawnSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { asString, isJsonObject } from '../base/json.ts';
import { claudeFolder } from '../base/paths.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { newestVersion, parseClaudeVersion } from './version.ts';

/** A Claude Code on this machine. */
export interface InstalledClaude {
  /** Its program, or the folder of an editor's extension. */
  readonly path: string;
  readonly version: string;
}

/** Where to look. */
export interface ClaudePlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The running Node.js; npm puts global programs beside it. */
  readonly node: string;
  /**
   * Whether to run `claude --version` where no path and no package.json tells the version. It takes up to 5
   * seconds a program.
   */
  readonly mayRun: boolean;
  /** Folders of this machine, not of the user. @default those of Homebrew and of programs built here */
  readonly systemFolders?: readonly string[];
}

/** Every Claude Code that its installers, npm, Homebrew or an editor have put on this machine. */
export function installedClaudes(places: ClaudePlaces): readonly InstalledClaude[] {
  const found = new Map<string, InstalledClaude>();
  for (const candidate of programs(places)) {
    const path = real(candidate);
    if (path === undefined || found.has(path)) continue;
    const version = versionInPath(path) ?? versionInPackage(path) ?? askVersion(path, places);
    if (version !== undefined) found.set(path, { path, version });
  }
  return [...found.values(), ...extensions(homeOf(places))];
}

/** The newest version among them, as far as links and package.json tell: it runs none. Undefined when none is found. */
export function newestInstalled(places: Omit<ClaudePlaces, 'mayRun'>): string | undefined {
  return newestVersion(installedClaudes({ ...places, mayRun: false }).map((one) => one.version));
}

// --- internal ---

const ANSWER_MS = 5_000;
const SYSTEM_FOLDERS = ['/opt/homebrew/bin', '/home/linuxbrew/.linuxbrew/bin', '/usr/local/bin'];
/** Folders below the user's home: the native installer, npm's usual prefixes, other package managers. */
const USER_FOLDERS = [
  '.local/bin',
  '.npm-global/bin',
  '.bun/bin',
  '.volta/bin',
  '.local/share/pnpm',
];
/** The folders of VS Code and the editors made from it. */
const EDITORS = [
  '.vscode',
  '.vscode-insiders',
  '.vscode-oss',
  '.vscode-server',
  '.cursor',
  '.cursor-server',
  '.windsurf',
  '.windsurf-server',
];

function homeOf({ env }: ClaudePlaces): string | undefined {
  return env['HOME'] || env['USERPROFILE'];
}

function programs(places: ClaudePlaces): string[] {
  const { env, node, systemFolders = SYSTEM_FOLDERS } = places;
  const home = homeOf(places);
  const claude = claudeFolder(env);
  const folders = [
    ...(env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...(home ? USER_FOLDERS.map((folder) => join(home, folder)) : []),
    // `claude migrate-installer` puts it there; the `claude` beside it is a script.
    ...(claude ? [join(claude, 'local', 'node_modules', '.bin')] : []),
    ...(env['npm_config_prefix'] ? [join(env['npm_config_prefix'], 'bin')] : []),
    dirname(node),
    ...systemFolders,
  ];
  const names = process.platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name)));
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The native installer and Homebrew keep each version in a folder or a file with its name. */
function versionInPath(path: string): string | undefined {
  return path.split(sep).findLast((part) => /^\d+\.\d+\.\d+$/.test(part));
}

/** npm's package: the program lies in it, at most three folders deep. */
function versionInPackage(path: string): string | undefined {
  let folder = dirname(path);
  for (let level = 0; level < 4; level += 1) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name.startsWith('@anthropic-ai/claude-code')) return manifest.version;
    folder = dirname(folder);
  }
  return undefined;
}

function readManifest(path: string) {
  try {
    const value: unknown = JSON.parse(readRegularFile(path));
    if (!isJsonObject(value)) return undefined;
    const version = parseClaudeVersion(asString(value['version']) ?? '');
    return { name: asString(value['name']) ?? '', version };
  } catch {
    return undefined;
  }
}

function askVersion(path: string, { env, mayRun }: ClaudePlaces): string | undefined {
  if (!mayRun) return undefined;
  const { stdout } = spawnSync(path, ['--version'], {
    env: { ...env },
    encoding: 'utf8',
    timeout: ANSWER_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return stdout ? parseClaudeVersion(stdout) : undefined;
}

/** An extension brings a Claude Code of its own version: `anthropic.claude-code-2.1.330-linux-x64`. */
function extensions(home: string | undefined): InstalledClaude[] {
  if (!home) return [];
  return EDITORS.flatMap((editor) => {
    const folder = join(home, editor, 'extensions');
    return namesIn(folder).flatMap((name) => {
      const version = /^anthropic\.claude-code-(\d+\.\d+\.\d+)(?:-|$)/.exec(name)?.[1];
      return version === undefined ? [] : [{ path: join(folder, name), version }];
    });
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
