import { TrackerError } from '../../base/errors.ts';
import type { PatternStore } from './pattern-store.ts';

/** The tenant of a service without tokens. */
export const DEFAULT_TENANT = 'default';

/** Valid names of tenants. They are parts of file names. */
export const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The pattern stores of a service, one a tenant, each opened when it is first asked for. */
export class Tenants {
  readonly #open: (name: string) => PatternStore;
  readonly #stores = new Map<string, PatternStore>();

  /** @param open makes the store of a tenant; it is called once a name */
  constructor(open: (name: string) => PatternStore) {
    this.#open = open;
  }

  /** @throws TrackerError E_TENANT when the name is not valid */
  get(name: string): PatternStore {
    const known = this.#stores.get(name);
    if (known) return known;
    if (!TENANT_NAME.test(name)) {
      throw new TrackerError('E_TENANT', `"${name}" is no name for a tenant`, {
        hint: 'Use lower case letters, digits, - and _, 63 at most.',
      });
    }
    const store = this.#open(name);
    this.#stores.set(name, store);
    return store;
  }
}
