import { isAbsolute } from 'node:path';
import { asString } from '../base/json.ts';
import type { Json } from '../base/json.ts';

/** The file that a call wrote, by the path in its input and that in its response: an absolute one, if there is one. */
export function writtenFile(
  asked: Json | undefined,
  answered: Json | undefined,
): string | undefined {
  const paths = [asString(asked), asString(answered)].filter(Boolean);
  return paths.find((path) => path && isAbsolute(path)) ?? paths[0];
}
