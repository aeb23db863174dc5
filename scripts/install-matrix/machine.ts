import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What may be unusual about a machine. */
export interface MachineTraits {
  /** The file mode creation mask, in octal. @default '022' */
  readonly umask?: string;
  /** Spaces and quotes in the user's home and in the clone. @default false */
  readonly oddNames?: boolean;
  /** Only the plainest programs are on PATH: no compiler, no make, no Python, no git. @default false */
  readonly bare?: boolean;
  /** `ignore-scripts=true` in npm's settings. @default false */
  readonly ignoresScripts?: boolean;
}

/** How a command ended. */
export interface Ended {
  readonly code: number;
  /** Standard output and error. */
  readonly output: string;
}

/** The longest that one command may take, in milliseconds: SQLite may be compiled. */
const COMMAND_MS = 15 * 60_000;

/** What a shell and npm need; everything else is left out of a bare machine. */
const BARE_PROGRAMS =
  'sh bash cat cp mv rm mkdir ln ls env grep sed awk tail head tr cut mktemp chmod id uname sleep date dirname basename sort wc find kill ps readlink test rmdir'.split(
    ' ',
  );

/** A throwaway home with a Node.js, an npm and a Claude Code. */
export class Machine {
  readonly home: string;
  /** Where a clone goes. */
  readonly clone: string;
  /** Where `npm install --global` installs. */
  readonly prefix: string;
  /** The settings of Claude Code, with a text that an uninstallation has to restore. */
  readonly settings: string;
  readonly #traits: MachineTraits;
  readonly #env: Readonly<Record<string, string>>;

  /**
   * @param root an empty folder
   * @param node a folder with `node`, `npm` and `npx`
   * @param shared npm's settings and its cache, which all machines share
   */
  constructor(
    root: string,
    node: string,
    traits: MachineTraits,
    shared: Readonly<Record<string, string>>,
  ) {
    this.#traits = traits;
    this.home = join(root, traits.oddNames ? `a home's "own"` : 'home');
    this.clone = join(root, traits.oddNames ? `a clone's "own"` : 'clone');
    this.prefix = join(root, 'prefix');
    this.settings = join(this.home, '.claude', 'settings.json');
    const local = join(this.home, '.local', 'bin');
    mkdirSync(join(this.home, '.claude'), { recursive: true });
    mkdirSync(local, { recursive: true });
    mkdirSync(this.clone);
    mkdirSync(this.prefix);
    writeFileSync(this.settings, SETTINGS);
    // As the native installer of Claude Code leaves it.
    const versions = join(this.home, '.local', 'share', 'claude', 'versions');
    mkdirSync(versions, { recursive: true });
    writeFileSync(join(versions, '2.1.330'), '#!/bin/sh\necho "2.1.330 (Claude Code)"\n', {
      mode: 0o755,
    });
    symlinkSync(join(versions, '2.1.330'), join(local, 'claude'));
    const system = traits.bare ? [barePrograms(join(root, 'bare'))] : ['/usr/bin', '/bin'];
    this.#env = {
      HOME: this.home,
      TMPDIR: root,
      LANG: 'C.UTF-8',
      PATH: [node, local, join(this.prefix, 'bin'), ...system].join(delimiter),
      CLONE: this.clone,
      npm_config_prefix: this.prefix,
      npm_config_update_notifier: 'false',
      ...(traits.ignoresScripts ? { npm_config_ignore_scripts: 'true' } : {}),
      ...shared,
    };
  }

  /** Runs a command line of sh. */
  run(command: string, { cwd = this.home, input = '', env = {} }: RunOptions = {}): Ended {
    const line = `umask ${this.#traits.umask ?? '022'}; ${command}`;
    const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', line], {
      cwd,
      input,
      env: { ...this.#env, ...env },
      encoding: 'utf8',
      timeout: COMMAND_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: status ?? 1, output: [stdout, stderr, error?.message].filter(Boolean).join('') };
  }

  /** Every file in the home, except what was there before. */
  files(): string[] {
    return readdirSync(this.home, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.home.length + 1))
      .filter((path) => !OWN_FILES.test(path));
  }
}

/** Where and with what a command runs. */
export interface RunOptions {
  /** @default the home */
  readonly cwd?: string;
  /** @default nothing */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The text of settings.json before the installation. */
export const SETTINGS = '{\n  "model": "opus" \n}\n';

// --- internal ---

const OWN_FILES =
  /^(?:\.claude\/settings\.json|\.local\/(?:bin\/claude|share\/claude\/.*)|\.npm\/.*)$/;

function barePrograms(folder: string): string {
  mkdirSync(folder);
  for (const name of BARE_PROGRAMS) {
    const path = ['/usr/bin', '/bin']
      .map((place) => join(place, name))
      .find((file) => existsSync(file));
    if (path) symlinkSync(path, join(folder, name));
  }
  return folder;
}
