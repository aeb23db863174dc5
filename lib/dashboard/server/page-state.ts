import type { LiveState } from '../live/live-message.ts';

/** Why a page cannot be shown. */
export interface PageFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What to do; empty where nothing is known. */
  readonly hint: string;
}

/** All that a view is drawn from: the server puts it into the page, and the browser asks for it again. */
export interface PageState {
  /** The name of the page; null where the URL is that of none. */
  readonly page: string | null;
  /** Path and query. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  /** When the data were read, in milliseconds since 1970. */
  readonly at: number;
  readonly data: unknown;
  readonly fault: PageFault | null;
  readonly frame: FrameFacts;
}

/** What the frame around every page shows. */
export interface FrameFacts {
  readonly version: string;
  readonly live: LiveState;
  /** The newest event when the data were read: the stream goes on after it. */
  readonly newestEvent: number;
  /** Names of projects, for the choice of one. */
  readonly projects: readonly string[];
  /** What actions have to bring along; null if the dashboard was started without `--actions`. */
  readonly actionToken: string | null;
}
