import { TrackerError } from '../../base/errors.ts';
import { VERSION } from '../../base/version.ts';
import { allProjects } from '../../store/queries/projects.ts';
import type { Page, PageQuery } from '../pages/page.ts';
import type { AppParts } from './app-parts.ts';
import type { PageFault, PageState } from './page-state.ts';
import { timeSpanOf } from './time-span.ts';

/** A page's state, and what it was read with; undefined where the URL is that of no page. */
export interface PageReading {
  readonly state: PageState;
  readonly query: PageQuery<unknown> | undefined;
}

/** A page of which it is known what it is, but not what it shows. */
export interface BegunPage {
  /** Without data. It has a fault if it has none. */
  readonly state: PageState;
  /** True if reading its data may take so long that somebody notices. */
  readonly isLong: boolean;
  /** Reads its data. */
  readonly read: () => Promise<PageReading>;
}

/** Reads what pages show. What goes wrong is shown in the place of the data. */
export class PageReader {
  readonly #parts: Pick<AppParts, 'sources' | 'watch' | 'actions'>;
  /** About how long the data of each page take, in milliseconds, by its name. */
  readonly #took = new Map<string, number>();

  constructor(parts: Pick<AppParts, 'sources' | 'watch' | 'actions'>) {
    this.#parts = parts;
  }

  /**
   * @param url path and query
   * @param isFirst true if the browser paints it at once, and asks again for what is left out
   */
  async begin(
    page: Page,
    url: string,
    params: Readonly<Record<string, string>>,
    isFirst: boolean,
  ): Promise<BegunPage> {
    const { sources } = this.#parts;
    const frame = this.#frame(); // before the data, so that no event is between them and the stream
    const now = sources.installation.now();
    const query = await page.query();
    const state = { page: page.name, url, params, at: now, frame, data: null };
    const failed = (error: unknown): PageState => ({ ...state, fault: faultOf(error) });
    try {
      const asked = new URL(url, 'http://localhost').searchParams;
      const ask = {
        params,
        query: asked,
        range: timeSpanOf(asked, now, page.filters?.usualRange),
        projectIds: sources.projectIds(asked.get('project')),
        now,
        isFirst,
      };
      query.find?.(ask, sources);
      const read = async () => {
        try {
          const data = await this.#timed(page, async () => await query.load(ask, sources));
          return { query, state: { ...state, data, fault: null } };
        } catch (error) {
          return { query, state: failed(error) };
        }
      };
      // Where the database cannot be read, that may be all that there is to show, with a status of its own.
      const isLong = isReadable(sources) && (this.#took.get(page.name) ?? Infinity) > SHORT_MS;
      return { state: { ...state, fault: null }, isLong, read };
    } catch (error) {
      const reading = { query, state: failed(error) };
      return { state: reading.state, isLong: false, read: async () => reading };
    }
  }

  /** Notes how long it takes. A page of many things may take long only for some: what took long is forgotten slowly. */
  async #timed<T>({ name }: Page, read: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const found = await read();
    const took = performance.now() - begun;
    this.#took.set(name, Math.max(took, (this.#took.get(name) ?? 0) * 0.8));
    return found;
  }

  /** The state of an address that is no page's. */
  async notFound(url: string): Promise<PageReading> {
    const fault = { status: 404, code: 'E_NO_PAGE', message: 'There is no such page', hint: '' };
    const at = this.#parts.sources.installation.now();
    const state = { page: null, url, params: {}, at, data: null, fault, frame: this.#frame() };
    return { query: undefined, state };
  }

  #frame(): PageState['frame'] {
    const { sources, watch, actions } = this.#parts;
    return {
      version: VERSION,
      newestEvent: watch.newest(),
      live: watch.state(),
      projects: [...new Set(projectNames(sources))],
      actionToken: actions?.token ?? null,
    };
  }
}

// --- internal ---

/** Nobody notices that a page waits for so long, in milliseconds. */
const SHORT_MS = 30;

/** A database that cannot be read has no projects; the page says why. */
function projectNames(sources: AppParts['sources']): string[] {
  return unlessBroken(() => (sources.read(allProjects) ?? []).map(({ name }) => name)) ?? [];
}

function isReadable(sources: AppParts['sources']): boolean {
  return unlessBroken(() => sources.read(() => true) ?? true) === true;
}

/** What is read; undefined if the database cannot be read. */
function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TrackerError) return undefined;
    throw error;
  }
}

function faultOf(error: unknown): PageFault {
  if (error instanceof TrackerError) {
    const { code, message, hint = '' } = error;
    return { status: code.startsWith('E_NO_') ? 404 : 500, code, message, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, code: 'E_DASHBOARD', message, hint: 'Please report this as a fault.' };
}
