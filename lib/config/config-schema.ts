import * as z from 'zod';
import { configSchema } from './config.ts';

/** JSON Schema of config.yaml. Editors use it through a line `# yaml-language-server: $schema=…`. */
export function configJsonSchema(): object {
  return {
    title: 'config.yaml of claude-pattern-tracker',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  };
}
