import { readFileSync } from 'node:fs';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type { JsonSchemaType } from '@modelcontextprotocol/sdk/validation';

/** The formats of others that something here is written in; their schemas are in test/fixtures/schemas/. */
export type PublishedFormat = 'cloudevents-1.0' | 'agent-trace-0.1';

/** What of a value the schema of a format does not allow; undefined if all of it fits. */
export function schemaFault(format: PublishedFormat, value: unknown): string | undefined {
  const path = new URL(`../fixtures/schemas/${format}.json`, import.meta.url);
  const schema = JSON.parse(readFileSync(path, 'utf8')) as JsonSchemaType;
  return new AjvJsonSchemaValidator().getValidator(schema)(value).errorMessage;
}
