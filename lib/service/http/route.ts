import type { z } from 'zod';
import type { PatternStore, TokenScope } from '../store/pattern-store.ts';
import type { ServiceParts } from '../service-parts.ts';

/** What every path of the API begins with. */
export const API_PREFIX = '/api/pattern-traceability';

/** One request, read and checked, as a route gets it. */
export interface Call<Q = unknown, B = unknown> {
  readonly service: ServiceParts;
  readonly tenant: string;
  /** The caller's own patterns. */
  readonly store: PatternStore;
  /** `pattern_id` of the path, where it has one. */
  readonly patternId: string;
  readonly query: Q;
  readonly body: B;
  /** Of the body; 0 where there is none. */
  readonly bytes: number;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  /** By which the rate is limited. */
  readonly limitedAs: string;
  /** Whether the caller may be told of the inside of the service. */
  readonly isTrusted: boolean;
  /** Since the request came, in milliseconds. */
  readonly elapsedMs: () => number;
}

export interface Reply {
  readonly status: number;
  /** A text goes as it is. */
  readonly body: object | string;
  /** @default application/json */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteOptions<Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it: `/lineage/{pattern_id}`. */
  readonly path: string;
  /** For the documentation. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** What a token has to allow; null: open to all. */
  readonly scope: TokenScope | null;
  /** Of an open route: its requests count against the caller too. @default false */
  readonly isLimited?: boolean;
  readonly query?: Q;
  readonly body?: B;
  /** What the documentation shows where the route reads its body by itself. */
  readonly shownBody?: z.ZodType;
  /** By status. */
  readonly replies: Readonly<Record<number, z.ZodType>>;
  readonly handle: (call: Call<z.output<Q>, z.output<B>>) => Promise<Reply> | Reply;
}

/** A route whose types are its own matter. */
export type Route = Omit<RouteOptions<z.ZodObject, z.ZodType>, 'handle'> & {
  readonly handle: (call: Call) => Promise<Reply> | Reply;
};

/** An endpoint: all that serving, limiting and documenting it needs. */
export function route<Q extends z.ZodObject, B extends z.ZodType>(
  options: RouteOptions<Q, B>,
): Route {
  return options as unknown as Route;
}

/** A route at its place. */
export interface Endpoint {
  readonly route: Route;
  /** All of it. */
  readonly path: string;
}

/** A reply of 200. */
export function okReply(body: object): Reply {
  return { status: 200, body };
}
