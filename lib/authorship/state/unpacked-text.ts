import { textOfHistory } from './file-state.ts';
import { unpackText } from './packed-text.ts';

/**
 * The text of a stored history, or a stored change as JSON; undefined when it is damaged. For whoever looks for a text
 * without caring where it stands.
 */
export function unpackedText(bytes: Uint8Array): string | undefined {
  const text = textOfHistory(bytes);
  if (text !== undefined) return text;
  try {
    return unpackText(bytes);
  } catch {
    return undefined;
  }
}
