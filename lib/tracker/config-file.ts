import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { errorCode, errorMessage } from '../base/errors.ts';
import { CONFIG_DEFAULTS, configSchema } from '../contract/config.ts';
import type { Config } from '../contract/config.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** What is wrong with the file, with file, line and key; null when all is well. */
  readonly error: string | null;
}

/** Reads the user's configuration; no file gives the defaults, a broken one the defaults and why. */
export function loadConfig(path: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { config: CONFIG_DEFAULTS, error: null };
    return broken(path, errorMessage(error));
  }
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax) return broken(path, syntax.message);
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { config: parsed.data, error: null };
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') ?? '';
  return broken(path, `${key || 'the file'}: ${issue?.message ?? 'not valid'}`);
}

// --- internal ---

function broken(path: string, reason: string): LoadedConfig {
  return { config: CONFIG_DEFAULTS, error: `${path}: ${reason}` };
}
