import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { InvariantError } from '../base/errors.ts';
import { admit, rateHeaders } from './auth/admission.ts';
import { actorOf } from './auth/admission.ts';
import { DEFAULT_TENANT } from './store/tenants.ts';
import type { Admitted } from './auth/admission.ts';
import { withinDeadline } from '../base/deadline.ts';
import { ENDPOINTS } from './routes/endpoints.ts';
import type { Endpoint, Route } from './http/route.ts';
import { formOf } from './http/form.ts';
import { cookieAuthorization } from './auth/token-cookie.ts';
import { busyFault, fault, HttpFault, keyFault } from './http/http-fault.ts';
import type { JsonBody } from './http/request-body.ts';
import { responseOf, SECURITY_HEADERS } from './http/reply.ts';
import type { ReplyHeaders } from './http/reply.ts';
import type { Call, Reply } from './http/route.ts';
import type { ServiceParts } from './service-parts.ts';
import { StoreUnavailableError } from './store/store-unavailable-error.ts';
import { validated } from './http/validation.ts';

/** What Hono keeps for each request. */
export interface ServiceEnv {
  /** Without `incoming` there is no socket, as in tests. */
  Bindings: { readonly incoming?: IncomingMessage };
  Variables: {
    requestId: string;
    begun: number;
    route: string;
    /** The client's IP address; undefined where there is no socket. */
    address: string | undefined;
    admitted: Admitted | undefined;
    /** What is added to the headers of whatever reply the request gets. */
    headers: ReplyHeaders;
  };
}

type Request = Context<ServiceEnv>;

/**
 * Builds the app that turns a Request into a Response. It opens no port.
 *
 * @param pages for people; they stand in the place of the service's own routes with the same paths
 */
export function createApp(service: ServiceParts, pages: readonly Route[] = []): Hono<ServiceEnv> {
  const app = new Hono<ServiceEnv>();
  app.use('*', (c, next) => observed(service, c, next));
  app.use('*', async (c, next) => {
    const { req } = c;
    service.hosts.check({
      host: req.header('host') ?? new URL(req.url).host,
      origin: req.header('origin'),
      fetchSite: req.header('sec-fetch-site'),
      fetchMode: req.header('sec-fetch-mode'),
    });
    await next();
  });
  for (const [path, endpoints] of byPath(withPages(pages))) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const endpoint of endpoints) {
      app.on(endpoint.route.method, pattern, (c) => answered(service, endpoint, c));
    }
    const allow = endpoints.map(({ route }) => route.method).join(', ');
    app.all(pattern, (c) => {
      c.set('route', path);
      throw fault(405, 'Method Not Allowed', { Allow: allow });
    });
  }
  app.notFound(() => {
    throw fault(404, 'Not Found');
  });
  app.onError((error, c) => failed(service, error, c));
  return app;
}

// --- internal ---

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** Gives the request an id and headers, and reports how it went to log and metrics. */
async function observed(
  service: ServiceParts,
  c: Request,
  next: () => Promise<void>,
): Promise<void> {
  const begun = service.monotonic();
  const given = c.req.header('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  c.set('requestId', requestId);
  c.set('begun', begun);
  c.set('route', 'none');
  c.set('address', addressOf(service, c));
  c.set('headers', { ...SECURITY_HEADERS, 'X-Request-Id': requestId });
  if (service.isStopping) addHeaders(c, { Connection: 'close' });
  await next();
  const ms = service.monotonic() - begun;
  const { status } = c.res;
  const { method, path } = c.req;
  const route = c.get('route');
  const caller = c.get('admitted')?.caller;
  service.metrics.observe(method, route, status, ms);
  service.log.access({
    requestId,
    method,
    path,
    route,
    status,
    ms,
    address: c.get('address'),
    tenant: caller?.tenant,
    tokenId: caller?.tokenId,
  });
}

async function answered(service: ServiceParts, endpoint: Endpoint, c: Request): Promise<Response> {
  const { refusal } = endpoint.route;
  if (!refusal) return await replied(service, endpoint, c);
  try {
    return await replied(service, endpoint, c);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const found = faultOf(service, error, c);
    const { pathname, search } = new URL(c.req.url);
    const reply = refusal(found, `${pathname}${search}`);
    return await send(c, { ...reply, headers: { ...found.headers, ...reply.headers } });
  }
}

async function replied(
  service: ServiceParts,
  { route, path }: Endpoint,
  c: Request,
): Promise<Response> {
  c.set('route', path);
  const cookie = route.refusal && cookieAuthorization(c.req.header('cookie'));
  const credentials = {
    authorization: c.req.header('authorization') ?? cookie,
    address: c.get('address'),
  };
  const admitted = await admit(
    service,
    { ...route, path: `${route.method} ${route.path}` },
    credentials,
  );
  c.set('admitted', admitted);
  if (admitted.rate) addHeaders(c, rateHeaders(admitted.rate));
  const call = await readCall(service, route, admitted, c);
  const staleness = route.scope === 'read' ? service.store.staleness?.() : undefined;
  const begun = service.monotonic();
  const reply = await withinDeadline(Promise.resolve(route.handle(call)), service.timeoutMs, () =>
    fault(504, 'The request took too long', { 'Retry-After': '1' }),
  );
  if (staleness !== undefined) {
    const most = Math.ceil(staleness + service.monotonic() - begun);
    addHeaders(c, { 'X-Max-Staleness-Ms': String(most) });
  }
  return send(c, reply);
}

async function readCall(
  service: ServiceParts,
  route: Endpoint['route'],
  { caller, limitedAs }: Admitted,
  c: Request,
): Promise<Call> {
  const { req } = c;
  const query = route.query ? validated(route.query, queryOf(c, route.query), ['query']) : {};
  const patternId = cleaned(req.param('pattern_id') ?? '');
  if (patternId.length > MAX_ID) throw fault(404, 'Not Found');
  const json = route.body || route.shownBody ? await bodyOf(service, route, c) : undefined;
  const body = route.body ? validated(route.body, json?.value, ['body']) : json?.value;
  const begun = c.get('begun');
  const tenant = caller?.tenant;
  return {
    service,
    tenant: tenant ?? '',
    get store() {
      if (tenant === undefined) throw new InvariantError(`${route.path} has no caller`);
      return service.store.tenant(tenant);
    },
    patternId,
    query,
    body,
    bytes: json?.bytes ?? 0,
    form: () => formOf(c.req),
    cookies: route.refusal && req.header('cookie'),
    requestId: c.get('requestId'),
    get origin() {
      return new URL(req.url).origin;
    },
    wantsPage: !wantsJsonOnly(req.header('accept') ?? ''),
    idempotencyKey: keyOf(req.header('idempotency-key')),
    limitedAs,
    actor: actorOf(
      caller,
      tenant ?? DEFAULT_TENANT,
      `${route.method} ${route.path}`,
      c.get('address'),
    ),
    isTrusted: caller !== undefined,
    elapsedMs: () => Math.round((service.monotonic() - begun) * 1000) / 1000,
  };
}

function wantsJsonOnly(accept: string): boolean {
  return accept.includes('json') && !accept.includes('text/html');
}

/** The longest id of a pattern that the API accepts, in characters. */
const MAX_ID = 255;

async function bodyOf(
  service: ServiceParts,
  { maxValues }: Endpoint['route'],
  c: Request,
): Promise<JsonBody> {
  const web = c.env?.incoming ? null : c.req.raw.body;
  const stream =
    c.env?.incoming ?? (web ? Readable.fromWeb(web as ReadableStream) : Readable.from([]));
  const headers = {
    contentType: c.req.header('content-type'),
    contentEncoding: c.req.header('content-encoding'),
    contentLength: c.req.header('content-length'),
  };
  const body = await service.bodies.read(stream, headers, maxValues);
  if (body) return body;
  const missing = { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
  throw new HttpFault(422, { detail: [missing] });
}

/**
 * The values of a query by name: all of them where the schema has a list, else the one.
 *
 * @throws HttpFault 422 for two values where one belongs, because either would be ignored
 */
function queryOf(c: Request, schema: NonNullable<Endpoint['route']['query']>) {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => {
      const isList = Object.hasOwn(schema.shape, name) && schema.shape[name]?.def.type === 'array';
      const clean = values.map(cleaned);
      if (!isList && clean.length > 1 && Object.hasOwn(schema.shape, name)) {
        const msg = 'Field should be given once';
        throw new HttpFault(422, {
          detail: [{ type: 'repeated', loc: ['query', name], msg, input: null }],
        });
      }
      return [name, isList ? clean : clean.at(-1)];
    }),
  );
}

/** Replaces what no store can hold, as in the texts of a body: U+0000 and halves of surrogate pairs. */
function cleaned(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/**
 * The key under which a request is applied only once; undefined without one.
 *
 * @throws HttpFault 422 for a longer key, because ignoring it would let a request be applied twice
 */
function keyOf(header: string | undefined): string | undefined {
  if (!header) return undefined;
  if (header.length <= MAX_KEY) return cleaned(header);
  throw keyFault('string_too_long', `String should have at most ${MAX_KEY} characters`);
}

/** In characters: with the index within a batch behind it, a key still fits into an event id. */
const MAX_KEY = 200;

function addressOf({ clients }: ServiceParts, c: Request): string | undefined {
  return clients.of({
    peer: c.env?.incoming?.socket?.remoteAddress,
    forwarded: c.req.header('forwarded'),
    forwardedFor: c.req.header('x-forwarded-for'),
  });
}

function addHeaders(c: Request, headers: ReplyHeaders): void {
  c.set('headers', { ...c.get('headers'), ...headers });
}

async function send(c: Request, reply: Reply): Promise<Response> {
  return await responseOf(reply, c.get('headers'), c.req.header('accept-encoding'));
}

function failed(service: ServiceParts, error: Error, c: Request): Promise<Response> {
  const { status, body, headers } = faultOf(service, error, c);
  return send(c, { status, body, headers });
}

function faultOf(service: ServiceParts, error: Error, c: Request): HttpFault {
  if (error instanceof HttpFault) return error;
  const requestId = c.get('requestId');
  if (error instanceof StoreUnavailableError) {
    service.log.error('the store is not available', error, { request_id: requestId });
    return busyFault('Database connection not available');
  }
  service.log.error('a request failed', error, { request_id: requestId, route: c.get('route') });
  return fault(500, `The request failed; the log tells why, under ${requestId}`);
}

function withPages(pages: readonly Route[]): readonly Endpoint[] {
  const own = new Set(pages.map(({ method, path }) => `${method} ${path}`));
  const others = ENDPOINTS.filter(({ route, path }) => !own.has(`${route.method} ${path}`));
  return [...pages.map((route) => ({ route, path: route.path })), ...others];
}

/** Paths without parameters come first, so that their last part is not taken for a pattern id. */
function byPath(endpoints: readonly Endpoint[]): Map<string, Endpoint[]> {
  const sorted = endpoints.toSorted(
    (a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')),
  );
  const paths = new Map<string, Endpoint[]>();
  for (const endpoint of sorted) {
    paths.set(endpoint.path, [...(paths.get(endpoint.path) ?? []), endpoint]);
  }
  return paths;
}
