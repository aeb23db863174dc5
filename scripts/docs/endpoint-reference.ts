import { openApi } from '../../lib/service/openapi/openapi.ts';
import { ENDPOINTS } from '../../lib/service/routes/endpoints.ts';

/** Every endpoint, from the OpenAPI document that the service gives. */
export function endpointReference(): string {
  const { paths } = openApi(ENDPOINTS) as unknown as { readonly paths: Paths };
  const scopes = new Map(
    ENDPOINTS.map(({ path, route }) => [`${route.method} ${path}`, route.scope]),
  );
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary, parameters = [], responses }]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const query = parameters.filter(({ in: where }) => where === 'query').map(code);
      const scope = scopes.get(name) ?? 'anybody';
      const statuses = Object.keys(responses).join(', ');
      return `| \`${name}\` | ${summary} | ${scope} | ${query.join(', ')} | ${statuses} |`;
    }),
  );
  const head = [
    '| endpoint | what it does | scope | query | replies |',
    '| --- | --- | --- | --- | --- |',
  ];
  return [...head, ...rows].join('\n');
}

// --- internal ---

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: object;
}

function code({ name }: { readonly name: string }): string {
  return `\`${name}\``;
}
