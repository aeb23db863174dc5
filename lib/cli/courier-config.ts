import { existsSync } from 'node:fs';
import type { ConfigView } from '../config/config-file.ts';
import type { CliEnvironment } from './environment.ts';

/** The configuration that a courier uses; undefined when no file exists, which saves loading the parser. */
export async function courierConfig({ paths }: CliEnvironment): Promise<ConfigView | undefined> {
  const { configFile, resilienceFile, loggingFile } = paths;
  if (![configFile, resilienceFile, loggingFile].some((file) => existsSync(file))) return undefined;
  const { loadConfig } = await import('../config/config-file.ts');
  return loadConfig(paths).courier;
}
