// Runs scripts that import the built library by its name, each in a process of its own.
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TrackerHome } from './tracker-home.ts';

export interface ProcessResult {
  readonly exitCode: number | null;
  /** Lines of standard output. */
  readonly out: string[];
  readonly err: string;
}

/** A home, and a folder beside it in which the package is installed. */
export class LibraryUser {
  readonly home: TrackerHome;
  /** Where the scripts run. */
  readonly folder: string;

  constructor(config: string) {
    this.home = new TrackerHome(config);
    this.folder = join(this.home.folder, 'app');
    mkdirSync(join(this.folder, 'node_modules'), { recursive: true });
    symlinkSync(resolve('.'), join(this.folder, 'node_modules', 'claude-pattern-tracker'));
  }

  /** Runs a script as `node -e` would; PatternTracker is imported for it. */
  async run(script: string, env: Record<string, string> = {}): Promise<ProcessResult> {
    const source = `import { PatternTracker } from 'claude-pattern-tracker';\n${script}`;
    return this.#spawn(['--input-type=module', '-e', source], env);
  }

  /** Runs the program `pattern-tracker`. */
  async command(...args: string[]): Promise<ProcessResult> {
    return this.#spawn([resolve('dist/cli.cjs'), ...args], {
      PATTERN_TRACKER_HOME: this.home.paths.home,
    });
  }

  async #spawn(args: string[], env: Record<string, string>): Promise<ProcessResult> {
    const child = spawn(process.execPath, args, {
      cwd: this.folder,
      env: { ...this.home.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
    const exitCode = await new Promise<number | null>((done) => child.on('close', done));
    return { exitCode, out: out.split('\n').filter(Boolean), err };
  }
}
