import * as z from 'zod';
import { configSchema } from './config.ts';

/** JSON Schema of config.yaml: `# yaml-language-server: $schema=…` shows an editor what may be written. */
export function configJsonSchema(): object {
  return {
    title: 'config.yaml of claude-pattern-tracker',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  };
}
