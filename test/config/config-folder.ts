// A throwaway folder with the three files of a configuration.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { trackerPaths } from '../../lib/base/paths.ts';
import { loadConfig } from '../../lib/config/config-file.ts';
import type { ConfigSources, LoadedConfig } from '../../lib/config/config-file.ts';
import type { ConfigProblem } from '../../lib/config/config-layer.ts';

export class ConfigFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'config-'));
  readonly paths = trackerPaths(join(this.folder, 'pattern-tracker'));

  write(file: 'config' | 'resilience' | 'logging', text: string): void {
    writeFileSync(this.paths[`${file}File`], text);
  }

  load(sources: ConfigSources = {}): LoadedConfig {
    return loadConfig(this.paths, sources);
  }

  /** Problems as `FILE:LINE:COLUMN key message | hint`, without the folder. */
  told(problems: readonly ConfigProblem[]): string[] {
    return problems.map(({ where, key, message, hint }) => {
      const place = where.replace(this.folder, '').replace(/^\//, '');
      return `${[place, key, message].filter(Boolean).join(' ')}${hint ? ` | ${hint}` : ''}`;
    });
  }

  /** The origins of what is set, by key. */
  origins({ origins }: LoadedConfig): Record<string, string> {
    const set = [...origins].filter(([, origin]) => origin !== 'default');
    return Object.fromEntries(
      set.map(([key, origin]) => [key, origin.includes('/') ? basename(origin) : origin]),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
