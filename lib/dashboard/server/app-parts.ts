import type { ChangeWatch } from '../live/change-watch.ts';
import type { ActionDesk } from './actions.ts';
import type { Assets } from './assets.ts';
import type { Sources } from './sources.ts';

/** What the dashboard's app is made of. */
export interface AppParts {
  readonly sources: Sources;
  readonly assets: Assets;
  readonly watch: ChangeWatch;
  /** Undefined without `--actions`. */
  readonly actions: ActionDesk | undefined;
}
