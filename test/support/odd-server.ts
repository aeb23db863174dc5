// A server on loopback that writes to its sockets exactly what it is told, so that it can answer as no
// HTTP library would.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export interface OddRequest {
  /** How many came before it. */
  readonly index: number;
  readonly head: string;
  readonly body: string;
}

export type OddAnswer = (socket: Socket, request: OddRequest) => void;

export class OddServer {
  readonly requests: OddRequest[] = [];
  answer: OddAnswer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(answer: OddAnswer) {
    this.answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async up(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async down(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    let received = '';
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    socket.setEncoding('latin1').on('data', (data) => {
      received += String(data);
      for (;;) {
        const end = received.indexOf('\r\n\r\n');
        if (end === -1) return;
        const head = received.slice(0, end);
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        const body = received.slice(end + 4, end + 4 + length);
        received = received.slice(end + 4 + length);
        const request = { index: this.requests.length, head, body };
        this.requests.push(request);
        this.answer(socket, request);
      }
    });
  }
}

/** A reply as its bytes. */
export function rawReply(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'content-type': 'application/json', 'content-length': bytes.length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n`), bytes]);
}
