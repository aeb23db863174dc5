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

/** Reads what pages show. What goes wrong is shown in the place of the data. */
export class PageReader {
  readonly #parts: Pick<AppParts, 'sources' | 'watch' | 'actions'>;

  constructor(parts: Pick<AppParts, 'sources' | 'watch' | 'actions'>) {
    this.#parts = parts;
  }

  /** @param url path and query */
  async read(
    page: Page,
    url: string,
    params: Readonly<Record<string, string>>,
  ): Promise<PageReading> {
    const { sources } = this.#parts;
    const frame = this.#frame(); // before the data, so that no event is between them and the stream
    const at = sources.installation.now();
    const query = await page.query();
    const of = { page: page.name, url, params, at, frame };
    try {
      const asked = new URL(url, 'http://localhost').searchParams;
      const ask = {
        params,
        query: asked,
        range: timeSpanOf(asked, at, page.filters?.usualRange),
        projectIds: sources.projectIds(asked.get('project')),
        now: at,
      };
      const data = await query.load(ask, sources);
      return { query, state: { ...of, data, fault: null } };
    } catch (error) {
      return { query, state: { ...of, data: null, fault: faultOf(error) } };
    }
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

/** A database that cannot be read has no projects; the page says why. */
function projectNames(sources: AppParts['sources']): string[] {
  try {
    return (sources.read(allProjects) ?? []).map(({ name }) => name);
  } catch (error) {
    if (error instanceof TrackerError) return [];
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
