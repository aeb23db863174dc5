import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** How connections to a server fare. */
export type FrontState =
  /** They go through. */
  | 'open'
  /** They are refused. */
  | 'down'
  /** They are accepted, and nothing comes back, as when packets get lost. */
  | 'silent'
  /** They go through, but what the server answers comes late. */
  | 'slow';

/** Stands before a server on loopback, and lets connections fare as it is told. */
export class FaultyFront {
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  readonly #target: { readonly host: string; readonly port: number };
  readonly #slowMs: number;
  #state: FrontState = 'open';
  #port = 0;

  /** @param slowMs how late answers come while it is slow, in milliseconds */
  constructor(target: string, slowMs: number) {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
    this.#slowMs = slowMs;
  }

  /** Its address; it is there after `set`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends the connections there are, and treats those that come as `state` says. */
  async set(state: FrontState): Promise<void> {
    this.#state = state;
    for (const socket of this.#sockets) socket.destroy();
    if (state === 'down') await this.close();
    else if (!this.#server.listening) await this.#listen();
  }

  /** Refuses connections from now on. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** On the port it had before, if it had one. */
  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#state === 'silent') return;
    const server = connect(this.#target);
    this.#keep(server);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('close', end);
    client.on('data', (chunk) => server.write(chunk));
    server.on('close', end);
    const delayMs = this.#state === 'slow' ? this.#slowMs : 0;
    server.on('data', (chunk) => {
      if (delayMs === 0) client.write(chunk);
      else setTimeout(() => client.destroyed || client.write(chunk), delayMs);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {}); // what it leads to is what the drill is about
  }
}
