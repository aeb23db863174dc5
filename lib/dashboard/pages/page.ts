import type { ComponentChildren } from 'preact';
import type { Live } from '../live/live-message.ts';
import type { Sources } from '../server/sources.ts';
import type { TimeSpan } from '../server/time-span.ts';

/** What a page is asked for: the parts of its URL. */
export interface Ask {
  /** The named parts of its path, decoded: of `/sessions/:session` the id. */
  readonly params: Readonly<Record<string, string>>;
  /** Its filters. */
  readonly query: URLSearchParams;
  /** The time that its `range` names. */
  readonly range: TimeSpan;
  /** The ids of the projects that its `project` names; undefined for all. */
  readonly projectIds: readonly number[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** True for the document that is painted first: of a very long list its beginning is enough, and the browser asks for the whole. */
  readonly isFirst: boolean;
}

/** Reads what a page shows. A fault that is thrown becomes the page. */
export type Load<Data> = (ask: Ask, sources: Sources) => Data | Promise<Data>;

/** A cell of a list that is exported as CSV. */
export type CsvCell = string | number | boolean | null;

/** What the module `query.ts` of a page exports as `NAMEQuery`; it is loaded by the server only. */
export interface PageQuery<Data> {
  /**
   * Throws where nothing is at the address, which is found out quickly: it decides what the answer's status is, before the
   * data are read. @default there is something at every address
   */
  readonly find?: (ask: Ask, sources: Sources) => void;
  readonly load: Load<Data>;
  /** True if the data are but a beginning, since `isFirst` was asked. @default they never are */
  readonly isPart?: (data: Data) => boolean;
  /** The rows of its list, for CSV. @default the page has no list, and no CSV */
  readonly rows?: (data: Data) => readonly Readonly<Record<string, CsvCell>>[];
}

/** What a view is given. */
export interface ViewProps<Data> {
  readonly data: Data;
  /** The path and the query of its URL. */
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** When the data were read, in milliseconds since 1970. */
  readonly at: number;
}

/** What the module `view.tsx` of a page exports as `NAMEView`; it is loaded by server and browser. */
export interface PageView<Data> {
  readonly View: (props: ViewProps<Data>) => ComponentChildren;
  /** What the window is called. @default the page's own title */
  readonly titleOf?: (data: Data) => string;
  /** False if a change leaves the page as it is, so that it is not read again. @default always true */
  readonly isAffected?: (data: Data, change: Live['change']) => boolean;
}

/** A row of the page table. */
export interface Page<Data = unknown> {
  /** The name of its folder, and of its view's chunk. */
  readonly name: string;
  /** As Hono has it: `/sessions/:session`. */
  readonly path: string;
  /** What the rail and the window call it. */
  readonly title: string;
  /** Its heading. */
  readonly question: string;
  /** Its place in the rail, in the order of the table. @default it has none, and stands below the page of `within` */
  readonly rail?: {
    readonly icon: IconName;
    /** Typed after `g`. */
    readonly key: string;
  };
  /** The page that the rail marks while this one is shown, by its name. */
  readonly within?: string;
  /** Whether it has a choice of time and of project. @default neither */
  readonly filters?: {
    readonly range?: boolean;
    readonly project?: boolean;
    /** The range of a URL that names none: a name of `RANGES`, or `all`. @default 7d */
    readonly usualRange?: string;
  };
  readonly query: () => Promise<PageQuery<Data>>;
  readonly view: () => Promise<PageView<Data>>;
}

/** Names of the icons in `parts/icon.tsx`. */
export type IconName =
  | 'now'
  | 'sessions'
  | 'files'
  | 'patterns'
  | 'insight'
  | 'health'
  | 'privacy'
  | 'search'
  | 'theme'
  | 'density'
  | 'keys'
  | 'bell'
  | 'close';

/** A row of the page table, checked: query and view are about the same data. */
export function page<Data>(row: Page<Data>): Page {
  return row as unknown as Page;
}
