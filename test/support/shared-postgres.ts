// One PostgreSQL for all tests of a run that do not stop it: started when the first of them asks for a database.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the workers ask for a database. */
    readonly sharedPostgres: string;
  }
}

/** Makes an empty database on the shared server, or a copy of one that nobody is connected to; its URL. */
export async function createDatabase(template?: string): Promise<string> {
  const response = await fetch(inject('sharedPostgres'), { method: 'POST', body: template ?? '' });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

/** Called by vitest before all tests, in its own process; what it returns, after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<PostgresServer> | undefined;
  const desk = createServer(async (request, response) => {
    try {
      const template = await text(request);
      server ??= startPostgres();
      response.end(await (await server).createDatabase(template || undefined));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  project.provide('sharedPostgres', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    await (await server)?.remove();
  };
}
