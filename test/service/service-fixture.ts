import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createApp } from '../../lib/service/app.ts';
import { serviceParts } from '../../lib/service/service-parts.ts';
import type { ServiceParts, ServicePartsOptions } from '../../lib/service/service-parts.ts';
import { createToken } from '../../lib/service/auth/token.ts';
import type { NewToken } from '../../lib/service/auth/token.ts';
import { openSqliteStore } from '../../lib/service/store/sqlite/store.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';

export const API = '/api/pattern-traceability';
/** 2026-11-02T08:15:00Z, a Monday. */
export const NOON = Date.UTC(2026, 10, 2, 8, 15);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client gets is anything
  readonly body: any;
}

export interface ServiceFixture {
  readonly service: ServiceParts;
  readonly app: ReturnType<typeof createApp>;
  readonly store: ServiceStore;
  /** The time, for tests to set. */
  readonly clock: { now: number };
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  /** Sends `body` as JSON to the API. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** Adds a token, and returns the header that carries it. */
  readonly token: (
    wanted?: Partial<NewToken>,
  ) => Promise<{ readonly authorization: string; readonly id: string }>;
}

/** A service without a port on an SQLite file that is gone after the test. */
export function openFixture(
  options: Partial<Omit<ServicePartsOptions, 'clock'>> = {},
): ServiceFixture {
  const clock = { now: NOON };
  const store = options.store ?? openThrowawayStore();
  const service = serviceParts({
    rateLimit: 0,
    monotonic: () => 0,
    ...options,
    store,
    clock: () => clock.now,
  });
  const app = createApp(service);
  const answer = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await app.request(path.startsWith('/') ? path : `${API}/${path}`, init);
    const text = await response.text();
    let body: unknown = text;
    if (response.headers.get('content-type') === 'application/json') body = JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
  return {
    service,
    app,
    store,
    clock,
    get: (path, headers = {}) => answer(path, { headers }),
    post: (path, body, headers = {}) =>
      answer(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    token: async (wanted = {}) => {
      const { text, stored } = createToken({
        name: 'test',
        tenant: 'default',
        scopes: ['read', 'write'],
        createdAt: clock.now,
        expiresAt: null,
        ...wanted,
      });
      await store.tokens.add(stored);
      return { authorization: `Bearer ${text}`, id: stored.id };
    },
  };
}

export function openThrowawayStore(): ServiceStore {
  const folder = mkdtempSync(join(tmpdir(), 'pattern-service-'));
  const store = openSqliteStore(join(folder, 'service.db'));
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

/** An event as a client sends it. */
export function createdEvent(patternId: string, further: object = {}) {
  return {
    event_type: 'pattern_created',
    pattern_id: patternId,
    pattern_name: `${patternId}.ts`,
    language: 'typescript',
    event_id: `created-${patternId}`,
    pattern_data: {
      code: `export const ${patternId.replaceAll(/\W/g, '_')} = 1;\n`,
      session_id: 's-1',
    },
    ...further,
  };
}

export function modifiedEvent(patternId: string, parents: readonly string[], further: object = {}) {
  return {
    ...createdEvent(patternId),
    event_type: 'pattern_modified',
    event_id: `modified-${patternId}`,
    parent_pattern_ids: parents,
    ...further,
  };
}
