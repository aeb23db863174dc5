import { describe, expect, it } from 'vitest';
import { asString } from '../../../lib/base/json.ts';
import type { Json, JsonObject } from '../../../lib/base/json.ts';
import { ENDPOINTS } from '../../../lib/service/routes/endpoints.ts';
import { openFixture } from '../service-fixture.ts';

async function document(): Promise<JsonObject> {
  return (await openFixture().get('/openapi.json')).body;
}

describe('the OpenAPI document', () => {
  it('has what OpenAPI 3.1 wants of it', async () => {
    const { openapi, info, paths, components } = (await document()) as Record<string, JsonObject>;
    expect(openapi).toBe('3.1.0');
    expect(info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(components).toMatchObject({
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    });
    const operationIds: string[] = [];
    for (const [path, item] of Object.entries(paths ?? {})) {
      expect(path).toMatch(/^\//);
      for (const [method, given] of Object.entries(item as JsonObject)) {
        expect(['get', 'post', 'delete']).toContain(method);
        const operation = given as Record<string, Json>;
        operationIds.push(asString(operation['operationId']) ?? '');
        const parameters = operation['parameters'] as JsonObject[];
        const inPath = parameters.filter((parameter) => parameter['in'] === 'path');
        expect(inPath.map(({ name }) => `{${asString(name)}}`)).toEqual(
          path.match(/\{\w+\}/g) ?? [],
        );
        for (const parameter of parameters) {
          expect(parameter).toMatchObject({ name: expect.any(String), schema: expect.any(Object) });
        }
        const responses = Object.entries(operation['responses'] as JsonObject);
        expect(responses.length).toBeGreaterThan(0);
        for (const [status, response] of responses) {
          expect(status).toMatch(/^\d{3}$/);
          expect((response as JsonObject)['description'], `${method} ${path} ${status}`).not.toBe(
            '',
          );
        }
      }
    }
    expect(new Set(operationIds).size).toBe(operationIds.length);
    for (const id of operationIds) expect(id).toMatch(/^[a-zA-Z]+$/);
  });

  it('refers to nothing that is not there, and to no other document', async () => {
    const whole = await document();
    const refs = [...JSON.stringify(whole).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, ref]) => ref ?? '',
    );
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      expect(ref).toMatch(/^#\//);
      const target = ref
        .slice(2)
        .split('/')
        .reduce<Json | undefined>((value, key) => (value as JsonObject)?.[key], whole);
      expect(target, ref).toBeDefined();
    }
    expect(JSON.stringify(whole)).not.toContain('$schema');
  });

  it('knows every endpoint', async () => {
    const { paths } = (await document()) as Record<string, Record<string, JsonObject>>;
    const missing = ENDPOINTS.filter(
      ({ path, route }) => !paths?.[path]?.[route.method.toLowerCase()],
    );
    expect(missing.map(({ path }) => path)).toEqual(['/openapi.json', '/docs', '/']);
  });
});

describe('the page for people', () => {
  it('shows every path, and has nothing that its policy forbids', async () => {
    const { body, headers } = await openFixture().get('/docs');
    for (const { path } of ENDPOINTS.slice(0, -3)) expect(body).toContain(`<code>${path}</code>`);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(body).not.toMatch(/<script|style="|src=|https?:/);
  });

  it('has a place for each operation that a link leads to, and breaks long words on a narrow screen', async () => {
    const { body } = await openFixture().get('/docs');
    const links = [...body.matchAll(/href="#(\w+)"/g)].map(([, id]) => id);
    const places = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(links).size).toBe(ENDPOINTS.length - 3);
    for (const link of links) expect(places).toContain(link);
    expect(body).toContain('name="viewport" content="width=device-width');
    expect(body).toContain('overflow-wrap:anywhere');
  });
});
