import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';

/**
 * The temporary folder of a run, and a clean environment for the processes that it starts. Both sides of
 * a comparison use the same file system, and nothing of the user's slows down or speeds up either.
 */
export class Throwaway {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** A copy of the built program, so that a build during the run does not change what is measured. */
  readonly program: string;
  readonly #children = new Set<ChildProcess>();
  #homes = 0;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'pattern-tracker-bench-'));
    this.program = join(this.root, 'program');
    const user = this.folder('user');
    this.env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: user };
    cpSync('dist', join(this.program, 'dist'), { recursive: true });
    cpSync('hooks/capture.sh', join(this.program, 'hooks', 'capture.sh'));
    symlinkSync(resolve('node_modules'), join(this.program, 'node_modules'));
  }

  /** Makes a folder of that name below `root` and returns its path. */
  folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Writes a file of that name below `root` and returns its path. */
  file(name: string, content: string): string {
    const path = join(this.root, name);
    writeFileSync(path, content);
    return path;
  }

  /** Makes a home with an empty spool and `config` as its config.yaml. */
  home(config = ''): TrackerPaths {
    this.#homes += 1;
    const paths = trackerPaths(join(this.root, `home-${this.#homes}`, 'hooks', 'pattern-tracker'));
    for (const folder of [paths.spoolNew, paths.spoolTmp, paths.spoolBad]) {
      mkdirSync(folder, { recursive: true });
    }
    writeFileSync(paths.drops, '\n');
    writeFileSync(paths.configFile, config);
    return paths;
  }

  /** The environment in which hooks and status line use this home. */
  envOf({ home }: TrackerPaths): Readonly<Record<string, string>> {
    return { ...this.env, CLAUDE_CONFIG_DIR: dirname(dirname(home)) };
  }

  /** Makes sure that a process ends with the run, and returns it. */
  keep<Child extends ChildProcess>(child: Child): Child {
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    return child;
  }

  /** Kills the processes that still run, and removes everything. */
  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
