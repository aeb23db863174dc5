/**
 * Parses a list of headers in the form of `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, each
 * value percent-encoded. Names come back in lower case. Undefined when the list has another form.
 */
export function parseHeaderList(list: string): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {};
  for (const item of list.split(',')) {
    if (item.trim() === '') continue; // a comma at the end
    const split = item.indexOf('=');
    const name = item.slice(0, split).trim().toLowerCase();
    const value = decoded(item.slice(split + 1).trim());
    if (split < 1 || !NAME.test(name) || value === undefined || !VALUE.test(value))
      return undefined;
    headers[name] = value;
  }
  return headers;
}

/** True for a list that {@link parseHeaderList} can read. */
export function isHeaderList(list: string): boolean {
  return parseHeaderList(list) !== undefined;
}

// --- internal ---

/** A token of RFC 9110. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
