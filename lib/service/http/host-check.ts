import { isIP } from 'node:net';
import { fault } from './http-fault.ts';

/** The headers by which a browser tells where a request comes from; undefined: not sent. */
export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site and Sec-Fetch-Mode. */
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
}

/**
 * Whether a request was meant for this service. A page of another site can make its own name point to
 * 127.0.0.1 (DNS rebinding), but it can't help sending that name. An address in place of a name is no
 * such trick: there was no name to rebind.
 */
export class HostCheck {
  readonly #names: ReadonlySet<string>;

  /** @param names further names than those of loopback */
  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  }

  /** @throws HttpFault 403 */
  check({ host, origin, fetchSite, fetchMode }: RequestOrigin): void {
    if (!this.#isOurs(nameOf(host ?? ''))) {
      throw fault(403, 'The Host header names another service; see --allowed-host');
    }
    // No page of another site may ask, whatever it is allowed to send.
    const isForeign = origin !== undefined && !this.#isSame(origin, host ?? '');
    const isLink = fetchMode === 'navigate'; // somebody follows it; its page sees nothing of the answer
    if (isForeign || (fetchSite === 'cross-site' && !isLink)) {
      throw fault(403, 'Requests from pages of other sites are not answered');
    }
  }

  #isOurs(name: string): boolean {
    return this.#names.has(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  }

  #isSame(origin: string, host: string): boolean {
    return /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === host;
  }
}

// --- internal ---

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
