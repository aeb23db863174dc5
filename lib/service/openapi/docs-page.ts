import { asArray, asObject, asString } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { escaped, htmlPage } from './page.ts';

/** Renders an OpenAPI document as an HTML page that runs no script and loads nothing. */
export function docsPage(document: JsonObject): string {
  const info = asObject(document['info']) ?? {};
  const operations = Object.entries(asObject(document['paths']) ?? {}).flatMap(([path, item]) =>
    Object.entries(asObject(item) ?? {}).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation: asObject(operation) ?? {},
    })),
  );
  const tags = [...new Set(operations.map(({ operation }) => tagOf(operation)))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => tagOf(operation) === tag);
    const parts = own.map(({ path, method, operation }) => section(path, method, operation));
    return `<h2 id="${escaped(tag)}">${escaped(tag)}</h2>${parts.join('')}`;
  });
  const contents = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${text(operation['operationId'])}"><span class="method">${method}</span> <code>${escaped(path)}</code></a></li>`,
  );
  const title = `${text(info['title'])} ${text(info['version'])}`;
  return htmlPage(
    title,
    `<p>${text(info['description'])}
For programs: <a href="openapi.json">openapi.json</a>.</p><details><summary>All operations</summary><ul>${contents.join('')}</ul></details>${sections.join('')}`,
  );
}

// --- internal ---

function section(path: string, method: string, operation: JsonObject): string {
  const parameters = asArray(operation['parameters']).map((parameter) => {
    const { name, in: place, required, schema } = asObject(parameter) ?? {};
    const need = required === true ? ', required' : '';
    return `<tr><td><code>${text(name)}</code></td><td>${text(place)}${need}</td><td><code>${json(schema, 0)}</code></td></tr>`;
  });
  const body = asObject(operation['requestBody']);
  const responses = Object.entries(asObject(operation['responses']) ?? {}).map(
    ([status, response]) =>
      `<details><summary>${escaped(status)} ${text(asObject(response)?.['description'])}</summary>${schemaBlock(asObject(response))}</details>`,
  );
  const scope = asString(operation['x-scope']);
  // Within the details, because a browser opens those that a link leads into.
  const id = text(operation['operationId']);
  return `<details><summary><span class="method">${method}</span> <code>${escaped(path)}</code> ${text(operation['summary'])}</summary>
<p id="${id}">${text(operation['description'])} <a href="#${id}">Link to this</a></p>${scope ? `<p>Needs a token with scope <code>${escaped(scope)}</code>, once a token exists.</p>` : ''}
${parameters.length > 0 ? `<h4>Parameters</h4><table>${parameters.join('')}</table>` : ''}
${body ? `<h4>Body</h4>${schemaBlock(body)}` : ''}<h4>Replies</h4>${responses.join('')}</details>`;
}

function schemaBlock(holder: JsonObject | undefined): string {
  const contents = Object.entries(asObject(holder?.['content']) ?? {});
  return contents
    .map(([, content]) => `<pre>${json(asObject(content)?.['schema'], 2)}</pre>`)
    .join('');
}

function tagOf(operation: JsonObject): string {
  return asString(asArray(operation['tags'])[0]) ?? '';
}

function json(value: Json | undefined, indent: number): string {
  return escaped(JSON.stringify(value ?? null, null, indent));
}

function text(value: Json | undefined): string {
  return escaped(asString(value) ?? '');
}
