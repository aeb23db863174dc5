import type { z } from 'zod';
import type { PatternStore } from '../store/pattern-store.ts';
import type { TokenScope } from '../store/token-store.ts';
import type { Actor } from '../accounting/audit-log.ts';
import type { ServiceParts } from '../service-parts.ts';
import type { HttpFault } from './http-fault.ts';

/** The prefix of every path of the API. */
export const API_PREFIX = '/api/pattern-traceability';

/** One request, read and validated, as a route's handler gets it. */
export interface Call<Q = unknown, B = unknown> {
  readonly service: ServiceParts;
  /** The caller's tenant; empty for a stranger on an open route. */
  readonly tenant: string;
  /** The patterns of the caller's tenant. */
  readonly store: PatternStore;
  /** The `pattern_id` in the path; empty where the route has none. */
  readonly patternId: string;
  readonly query: Q;
  readonly body: B;
  /** Length of the body's JSON text; 0 without a body. */
  readonly bytes: number;
  /** The fields of a form that a page has sent. @throws HttpFault 422 for another body, 413 for a large one */
  readonly form: () => Promise<URLSearchParams>;
  /** The `Cookie` header, for pages. */
  readonly cookies: string | undefined;
  /** The client's `X-Request-Id`, else a random UUID. */
  readonly requestId: string;
  /** Scheme, host and port under which the client knows the service. */
  readonly origin: string;
  /** False when the client asks for JSON and for no page. */
  readonly wantsPage: boolean;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey: string | undefined;
  /** The key of the rate limit: the token, else the address. */
  readonly limitedAs: string;
  /** Who asks, for the audit log. */
  readonly actor: Actor;
  /** Whether the caller was admitted, and so may see the service's internal state. */
  readonly isTrusted: boolean;
  /** Milliseconds since the request came. */
  readonly elapsedMs: () => number;
}

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  /** An object is sent as JSON, a text as it is. */
  readonly body: object | string;
  /** @default application/json */
  readonly contentType?: string;
  /** Headers beside {@link contentType} and the usual ones. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** All that serving, limiting and documenting an endpoint needs. `Q`: its query, `B`: its body. */
export interface RouteOptions<Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** In OpenAPI's notation: `/lineage/{pattern_id}`. */
  readonly path: string;
  /** One line for the documentation. */
  readonly summary: string;
  /** More for the documentation. @default none */
  readonly description?: string;
  /** The chapter of the documentation. */
  readonly tag: string;
  /** The scope that a token needs; null opens the route to all. */
  readonly scope: TokenScope | null;
  /** Whether an open route counts against the rate limit; every other route does. @default false */
  readonly isLimited?: boolean;
  /** Whether an open route does without knowing who asks, and so without the store. @default false */
  readonly isBlind?: boolean;
  /** Whether the credential for metrics opens the route, which waits for no store. @default false */
  readonly isScraped?: boolean;
  /** Schema of the query. @default no query is read */
  readonly query?: Q;
  /** Schema of the body. @default no body is read, unless `shownBody` is set */
  readonly body?: B;
  /** Schema of the body for the documentation, where the handler validates the body itself. */
  readonly shownBody?: z.ZodType;
  /** The most values that the body may hold. @default 2,000 */
  readonly maxValues?: number;
  /** Schemas of the replies by status, for the documentation. */
  readonly replies: Readonly<Record<number, z.ZodType>>;
  /**
   * Makes the route a page for people: it shows a request that is refused, and takes the token from the cookie of who has
   * signed in. `asked`: path and query of the request.
   *
   * @default the route is for programs
   */
  readonly refusal?: (fault: HttpFault, asked: string) => Reply;
  readonly handle: (call: Call<z.output<Q>, z.output<B>>) => Promise<Reply> | Reply;
}

/** A route without the types of its query and body, so that routes fit into one list. */
export type Route = Omit<RouteOptions<z.ZodObject, z.ZodType>, 'handle'> & {
  readonly handle: (call: Call) => Promise<Reply> | Reply;
};

/** Checks the types of a route: its handler gets what its schemas make of query and body. */
export function route<Q extends z.ZodObject, B extends z.ZodType>(
  options: RouteOptions<Q, B>,
): Route {
  return options as unknown as Route;
}

/** A route and where it is served. */
export interface Endpoint {
  readonly route: Route;
  /** The whole path, prefix included. */
  readonly path: string;
}

/** A reply with status 200 and a JSON body. */
export function okReply(body: object): Reply {
  return { status: 200, body };
}
