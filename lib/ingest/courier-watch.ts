import type { ConfigView } from '../config/config-file.ts';
import type { TrackerLog } from '../log/tracker-log.ts';
import type { Database } from '../store/database/database.ts';

/** Judges how all goes. It lies outside of this room, since it looks at more than a courier knows. */
export interface CourierWatch {
  /** Judges, if it is time to or it is forced to. */
  look(options: { readonly isForced: boolean }): Promise<void>;
}

/** What a watch is given of the courier. */
export interface CourierWatchParts {
  /** The log as it is then. */
  readonly log: () => TrackerLog;
  /** The open database. @throws what keeps it from being opened */
  readonly database: () => Database;
  /** Takes the secrets out of a text, by the rules as they are then. */
  readonly clean: (text: string) => string;
  readonly config: { readonly current: ConfigView['config']; readonly error: string | null };
}

/** Opens a watch for a courier. */
export type OpenCourierWatch = (parts: CourierWatchParts) => CourierWatch;
