import * as z from 'zod';
import type { Json, JsonObject } from '../../base/json.ts';
import { VERSION } from '../../base/version.ts';
import { detailReplySchema, validationReplySchema } from '../../lineage-api/service-reply.ts';
import type { Endpoint } from '../http/route.ts';
import type { Route } from '../http/route.ts';

/** The OpenAPI 3.1 document of `endpoints`, made from the same schemas that validate requests. */
export function openApi(endpoints: readonly Endpoint[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { path, route } of endpoints) {
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(path, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pattern tracker',
      version: VERSION,
      description:
        'Records the lineage of the code that Claude wrote, and answers questions about it.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'claude-pattern-tracker' },
    },
    servers: [{ url: '/', description: 'The service that this document comes from' }],
    tags: [...new Set(endpoints.map(({ route }) => route.tag))].map((name) => ({
      name,
      description: CHAPTERS[name] ?? name,
    })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'ptk_…' } },
      schemas: {
        Fault: schemaOf(detailReplySchema, 'output'),
        ValidationFault: schemaOf(validationReplySchema, 'output'),
      },
    },
  };
}

// --- internal ---

/** What each chapter is about. */
const CHAPTERS: Readonly<Record<string, string>> = {
  Lineage: 'Recording what happened to patterns, and asking what they came from.',
  Patterns: 'Listing, showing, searching, checking and deleting patterns.',
  Analytics: 'How patterns are used.',
  Feedback: 'How well patterns do.',
  Executions: 'Tool calls.',
  Service: 'Whether the service works, and who did what with it.',
};

function operation(path: string, route: Route): JsonObject {
  const { method, tag, summary, description, scope, body, shownBody } = route;
  const shown = shownBody ?? body;
  return {
    operationId: operationId(path, method),
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    ...(scope === null ? { security: [] } : { security: [{ token: [] }], 'x-scope': scope }),
    parameters: [...pathParameters(path), ...queryParameters(route), ...headerParameters(route)],
    ...(shown
      ? { requestBody: { required: true, content: jsonContent(schemaOf(shown, 'input')) } }
      : {}),
    responses: responses(route, shown !== undefined),
  };
}

/** A name for each operation, of letters alone, which its place on the page for people has too. */
function operationId(path: string, method: string): string {
  const words = path.replaceAll(/[^a-z]+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return method.toLowerCase() + words.replaceAll(/\W/g, '');
}

function responses({ replies, query, scope, isLimited }: Route, hasBody: boolean): JsonObject {
  const fault = (description: string, name = 'Fault') => ({
    description,
    content: jsonContent({ $ref: `#/components/schemas/${name}` }),
  });
  const own = Object.entries(replies).map(([status, schema]): [string, Json] => {
    const json = schemaOf(schema, 'output');
    const isText = json['type'] === 'string';
    const content = isText ? { 'text/plain': { schema: json } } : jsonContent(json);
    return [status, { description: MEANINGS[status] ?? '', content }];
  });
  return {
    ...(hasBody ? { 400: fault('An unknown value, or a request that makes no sense') } : {}),
    ...(hasBody ? { 413: fault('The body is too large') } : {}),
    ...(hasBody ? { 415: fault('The body is not JSON') } : {}),
    ...(hasBody || query
      ? { 422: fault('A field has a wrong type or size', 'ValidationFault') }
      : {}),
    ...(scope === null
      ? { 403: fault('The Host or the Origin is not one of this service') }
      : {
          401: fault('The token is missing or invalid'),
          403: fault(
            'The token lacks the scope, or the Host or the Origin is not one of this service',
          ),
          429: fault('Too many requests; see Retry-After'),
          503: fault('The store is unavailable, or too much is waiting; see Retry-After'),
          504: fault('The request took too long'),
        }),
    ...(isLimited ? { 429: fault('Too many requests; see Retry-After') } : {}),
    ...Object.fromEntries(own),
  };
}

/** What each status of a route's own replies means. */
const MEANINGS: Readonly<Record<string, string>> = {
  200: 'Done',
  400: 'Refused',
  404: 'There is no such pattern',
  503: 'The store is down',
};

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }));
}

function queryParameters({ query }: Route): JsonObject[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    readonly properties?: JsonObject;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ scope, method }: Route): JsonObject[] {
  if (scope !== 'write' || method !== 'POST') return [];
  const description =
    'Used as the id where the body has none. Another request with the same key is answered 422';
  const schema = { type: 'string', maxLength: 200 };
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }];
}

function jsonContent(schema: Json): JsonObject {
  return { 'application/json': { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json as unknown as JsonObject;
}
