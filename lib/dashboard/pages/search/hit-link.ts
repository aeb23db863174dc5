import type { SearchHit } from '../../../store/queries/search/search.ts';
import { callLink, fileLink, patternLink, sessionLink } from '../../parts/recorded/links.ts';

/** Where a hit leads. */
export function hitLink({
  kind,
  patternId,
  sessionId,
  toolUseId,
  filePath,
}: Pick<SearchHit, 'kind' | 'patternId' | 'sessionId' | 'toolUseId' | 'filePath'>): string {
  if (kind === 'pattern' && patternId !== null) return patternLink(patternId);
  if (kind === 'path' && filePath !== null) return fileLink(filePath);
  if (kind === 'prompt') return sessionLink(sessionId);
  return callLink(sessionId, toolUseId);
}
