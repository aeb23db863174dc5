import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrackerError } from '../../base/errors.ts';

/** The names of the files that the build wrote for the browser. */
export interface AssetManifest {
  /** The client, which every page loads. */
  readonly script: string;
  /** Sets theme and density before anything is drawn. */
  readonly settings: string;
  readonly style: string;
  /** The worker that colours code. */
  readonly colours: string;
  /** What the view of a page consists of, by the page's name. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
  /** All of them; their names tell what they hold. */
  readonly files: readonly string[];
}

/** A file for the browser. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Compressed; undefined where that saves nothing. */
  readonly gzip: Buffer | undefined;
}

/** The files that the browser loads, as the build wrote them to dist/dashboard/. */
export class Assets {
  readonly manifest: AssetManifest;
  readonly #folder: string;
  readonly #read = new Map<string, Asset>();
  readonly #asked = new EventEmitter().setMaxListeners(0);

  /** @throws TrackerError E_DASHBOARD_FILES when they are not there */
  constructor(folder: string) {
    this.#folder = folder;
    const file = join(folder, 'manifest.json');
    if (!existsSync(file)) {
      throw new TrackerError('E_DASHBOARD_FILES', `the dashboard's files are not in ${folder}`, {
        hint: 'Install the program again, or run `npm run build` in a clone.',
      });
    }
    this.manifest = JSON.parse(readFileSync(file, 'utf8')) as AssetManifest;
  }

  /** The file of a name; undefined for a name that the build did not write. */
  get(name: string): Asset | undefined {
    if (!this.manifest.files.includes(name)) return undefined;
    this.#asked.emit(name);
    const read = this.#read.get(name);
    if (read) return read;
    const path = join(this.#folder, name);
    const asset = {
      type: name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
      body: readFileSync(path),
      gzip: existsSync(`${path}.gz`) ? readFileSync(`${path}.gz`) : undefined,
    };
    this.#read.set(name, asset);
    return asset;
  }

  /** Resolves when a browser asks for this file, or after `mostMs` milliseconds. */
  async asked(name: string, mostMs: number): Promise<void> {
    const late = AbortSignal.timeout(mostMs);
    await once(this.#asked, name, { signal: late }).catch((error: unknown) => {
      if (!late.aborted) throw error;
    });
  }
}
