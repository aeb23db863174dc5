import type { StoredToken, TokenStore } from '../store/token-store.ts';

/**
 * Looks tokens up in the store, one statement at a time: all ids that are asked for while one runs go into
 * the next. So a flood of invented tokens costs the store as much as one client, and no token has to be
 * refused unseen.
 */
export class TokenLookUps {
  readonly #tokens: Pick<TokenStore, 'findAll'>;
  #waiting: Asked[] = [];
  #isRunning = false;

  constructor(tokens: Pick<TokenStore, 'findAll'>) {
    this.#tokens = tokens;
  }

  /** The token with this id; undefined when there is none. @throws StoreUnavailableError */
  find(id: string): Promise<StoredToken | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting;
      this.#waiting = [];
      try {
        const found = await this.#tokens.findAll([...new Set(asked.map(({ id }) => id))]);
        const byId = new Map(found.map((token) => [token.id, token]));
        for (const { id, resolve } of asked) resolve(byId.get(id));
      } catch (error) {
        // Whoever came meanwhile would only wait for the same failure.
        for (const { reject } of [...asked, ...this.#waiting]) reject(error);
        this.#waiting = [];
      }
    }
    this.#isRunning = false;
  }
}

// --- internal ---

interface Asked {
  readonly id: string;
  readonly resolve: (token: StoredToken | undefined) => void;
  readonly reject: (reason: unknown) => void;
}
