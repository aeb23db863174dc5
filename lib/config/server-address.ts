/**
 * The canonical spelling of a server's address: no slash at the end, and without the path of the lineage API
 * or of an OTLP signal, which may be written or left out. The text itself if it is not a URL.
 */
export function serverAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '').replace(OPTIONAL_PATH, '');
}

/** True for two spellings of one address. */
export function isSameServer(one: string | null, other: string | null): boolean {
  return (
    one === other || (one !== null && other !== null && serverAddress(one) === serverAddress(other))
  );
}

// --- internal ---

const OPTIONAL_PATH = /\/(?:api\/pattern-traceability|v1\/(?:traces|logs|metrics))$/;
