import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressCaller } from './rate-limiter.ts';

/** How many connections a server keeps. */
export interface ConnectionLimits {
  /** Open connections at a time. */
  readonly most: number;
  /** Those of one address, an IPv6 network counting as one. */
  readonly mostOfAddress: number;
  /** Whether an address may have any number: a proxy that passes on the requests of many. */
  readonly isExempt: (address: string | undefined) => boolean;
}

/**
 * The open connections of a server. Past a limit, a new one takes the place of the one that was idle longest, first
 * of those that have never sent a request: whoever opens connections and says nothing must not cut off the others.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  /** By the other end's address and port, because a TLS socket is another object than the one below it. Idle longest first. */
  readonly #open = new Map<string, Connection>();
  readonly #ofAddress = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Takes a new connection in, and may close it or another one for that. */
  add(socket: Socket): void {
    const { remoteAddress } = socket;
    const end = otherEnd(socket);
    const address = addressCaller(remoteAddress);
    const own: Connection = { socket, address, end, isSilent: true, requests: 0 };
    this.#open.set(end, own);
    const count = (this.#ofAddress.get(address) ?? 0) + 1;
    this.#ofAddress.set(address, count);
    socket.once('close', () => this.#forget(own));
    const { most, mostOfAddress, isExempt } = this.#limits;
    if (count > mostOfAddress && !isExempt(remoteAddress)) {
      this.#makeRoom(own, (one) => one.address === address);
    } else if (this.#open.size > most) this.#makeRoom(own, () => true);
  }

  /** Notes that a request has come on a connection, which is not closed until its answer has left. */
  begin(socket: Socket, answer: ServerResponse): void {
    const own = this.#open.get(otherEnd(socket));
    if (!own) return;
    own.isSilent = false;
    own.requests += 1;
    answer.once('close', () => {
      own.requests -= 1;
      if (this.#open.get(own.end) !== own) return;
      this.#open.delete(own.end);
      this.#open.set(own.end, own);
    });
  }

  /** Closes those on which no request has come yet. */
  closeSilent(): void {
    for (const one of this.#open.values()) if (one.isSilent) one.socket.destroy();
  }

  #makeRoom(added: Connection, mayGo: (one: Connection) => boolean): void {
    const idle = [...this.#open.values()].filter(
      (one) => one !== added && one.requests === 0 && mayGo(one),
    );
    const gone = idle.find((one) => one.isSilent) ?? idle[0] ?? added;
    this.#forget(gone);
    gone.socket.destroy();
  }

  #forget(own: Connection): void {
    if (this.#open.get(own.end) !== own) return;
    this.#open.delete(own.end);
    const left = (this.#ofAddress.get(own.address) ?? 1) - 1;
    if (left > 0) this.#ofAddress.set(own.address, left);
    else this.#ofAddress.delete(own.address);
  }
}

// --- internal ---

interface Connection {
  readonly socket: Socket;
  /** As `addressCaller` gives it. */
  readonly address: string;
  readonly end: string;
  /** True until its first request. */
  isSilent: boolean;
  /** Those that are not answered yet. */
  requests: number;
}

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
