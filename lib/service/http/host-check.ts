import { isIP } from 'node:net';
import { fault } from './http-fault.ts';

/** The headers in which a browser says where a request comes from; undefined when it sent none. */
export interface RequestOrigin {
  /** Name or address, with or without a port. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly fetchSite: string | undefined;
  /** `Sec-Fetch-Mode`. */
  readonly fetchMode: string | undefined;
}

/**
 * Refuses requests that were not meant for this service. A page of another site can make its own name
 * point to 127.0.0.1 (DNS rebinding), but the browser then sends that name as `Host`. An address as
 * `Host` is safe, because there is no name to rebind.
 */
export class HostCheck {
  readonly #names: ReadonlySet<string>;

  /** @param names the names that the service answers to beside `localhost` */
  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  }

  /** @throws HttpFault 403 for a foreign `Host`, `Origin` or site */
  check({ host, origin, fetchSite, fetchMode }: RequestOrigin): void {
    if (!this.#isOurs(nameOf(host ?? ''))) {
      throw fault(
        403,
        `The Host header says "${shown(host ?? '')}", which is no name of this service: start it with ` +
          '--allowed-host, or have the proxy pass the Host on (nginx: proxy_set_header Host $host)',
      );
    }
    // Pages of other sites may not ask, even with requests that a browser sends without CORS.
    const isForeign = origin !== undefined && !this.#isSame(origin, host ?? '');
    const isLink = fetchMode === 'navigate'; // a followed link: the linking page sees no reply
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

/** The header comes from anybody, so the reply repeats no more than a name has. */
function shown(host: string): string {
  return host.slice(0, 100).replaceAll(/[^\w.:[\]-]/g, '?');
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
