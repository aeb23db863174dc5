import { BlockList, isIP, SocketAddress } from 'node:net';
import { TrackerError } from '../../base/errors.ts';

/** What a request tells about the way it came. */
export interface RequestWay {
  /** The other end of the connection; undefined where there is no socket. */
  readonly peer: string | undefined;
  /** The `Forwarded` header (RFC 7239). */
  readonly forwarded: string | undefined;
  /** The `X-Forwarded-For` header. */
  readonly forwardedFor: string | undefined;
}

/**
 * Finds the address of a client behind proxies. Only proxies that the operator trusts are believed: each
 * adds the address that it got the request from at the end, so the client is the last address that is no
 * trusted proxy. Whatever stands before it may be invented.
 */
export class ClientAddress {
  readonly #trusted = new BlockList();
  readonly #isAnyTrusted: boolean;

  /** @param proxies addresses and networks, as `10.0.0.0/8` @throws TrackerError E_TRUSTED_PROXY */
  constructor(proxies: readonly string[]) {
    this.#isAnyTrusted = proxies.length > 0;
    for (const proxy of proxies) {
      const [address = '', bits, ...rest] = proxy.split('/');
      const family = isIP(address);
      const most = family === 6 ? 128 : 32;
      const isNumber = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
      if (family === 0 || !isNumber || rest.length > 0) {
        throw new TrackerError('E_TRUSTED_PROXY', `"${proxy}" is no address and no network`, {
          hint: 'Name addresses or networks with --trusted-proxy: 10.0.0.7, 10.0.0.0/8, fd00::/8.',
        });
      }
      this.#trusted.addSubnet(address, Number(bits ?? most), family === 6 ? 'ipv6' : 'ipv4');
    }
  }

  /** Whether a proxy that the operator trusts has this address. */
  isTrusted(address: string | undefined): boolean {
    if (!this.#isAnyTrusted) return false; // a look into the list costs some microseconds
    const plain = withoutMapping(address ?? '');
    const family = isIP(plain);
    return family !== 0 && this.#trusted.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * The client's address. It is that of the nearest proxy when the headers cannot be read, or when both are
   * there and name different clients: then one of them passed through a proxy that does not know it.
   */
  of({ peer, forwarded, forwardedFor }: RequestWay): string | undefined {
    if (!this.isTrusted(peer)) return peer;
    const found = [forwarded && hopsOf(forwarded), forwardedFor && forwardedFor.split(',')]
      .filter((hops) => typeof hops === 'object')
      .map((hops) => this.#client(hops, peer));
    const [first = peer, second = first] = found;
    return first === second ? first : peer;
  }

  #client(hops: readonly string[], peer: string | undefined): string | undefined {
    let client = peer;
    for (const hop of hops.toReversed()) {
      const address = addressIn(hop);
      if (address === undefined) return client; // "unknown", or a name that only the proxy knows
      client = address;
      if (!this.isTrusted(address)) return client;
    }
    return client;
  }
}

// --- internal ---

/**
 * The values of `for` in a `Forwarded` header, one a hop; empty where a hop has none, and in place of all of them where the
 * header cannot be read: a quote that a client left open must not swallow what a proxy added.
 */
function hopsOf(forwarded: string): string[] {
  const hops = split(forwarded, HOP);
  const all = hops?.map((hop) => {
    const pairs = split(hop, PAIR)?.map(
      (pair) => NAMED.exec(pair) ?? (pair.trim() ? undefined : []),
    );
    if (!pairs || pairs.includes(undefined)) return undefined;
    const named = pairs.find((pair) => pair?.[1]?.toLowerCase() === 'for');
    return named?.[2]?.replaceAll(/\\(.)/g, '$1') ?? named?.[3] ?? '';
  });
  return all?.every((hop) => hop !== undefined) ? all : [''];
}

/** Text up to the next separator that stands in no quotes. */
const HOP = /((?:[^,"]|"(?:[^"\\]|\\.)*")*)(,|$)/y;
const PAIR = /((?:[^;"]|"(?:[^"\\]|\\.)*")*)(;|$)/y;
const NAMED = /^\s*([^\s="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))\s*$/;

/** The parts of a text; undefined if a quote in it stays open. */
function split(text: string, part: RegExp): string[] | undefined {
  const parts: string[] = [];
  part.lastIndex = 0;
  for (;;) {
    const match = part.exec(text);
    if (!match) return undefined;
    parts.push(match[1] ?? '');
    if (match[2] === '') return parts;
  }
}

/** The address in a hop: `192.0.2.4`, `192.0.2.4:1234`, `2001:db8::1` or `[2001:db8::1]:1234`. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1');
  const family = isIP(bare);
  if (family === 0) return undefined;
  if (family === 4 || bare.includes('%')) return bare;
  // An IPv6 address can be written in many ways, and counts as one.
  return withoutMapping(new SocketAddress({ address: bare, family: 'ipv6' }).address);
}

/** An IPv4 address that a socket for both families shows as `::ffff:192.0.2.4`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}
