import { shortPath } from '../link.ts';
import { Plain, shortText, shortId } from '../plain.tsx';
import { fileLink, sessionLink } from './links.ts';

/** Where something was written: file and line, project, session. */
export function Place({
  filePath,
  line = null,
  projectRoot,
  projectName,
  sessionId,
}: {
  readonly filePath: string | null;
  readonly line?: number | null;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  readonly sessionId: string | null;
}) {
  return (
    <>
      {filePath !== null && (
        <a class="place-file" href={fileLink(filePath, line)} title={shortText(filePath, 500)}>
          <bdi dir="ltr">
            {endOf(shortPath(filePath, projectRoot))}
            {line === null ? '' : `:${line}`}
          </bdi>
        </a>
      )}
      {projectName !== null && <Plain text={projectName.slice(0, 80)} />}
      {sessionId !== null && (
        <a class="num" href={sessionLink(sessionId)} aria-label={`session ${sessionId}`}>
          {shortId(sessionId)}
        </a>
      )}
    </>
  );
}

/** The end of a long path tells more than its beginning. */
export function endOf(path: string, most = 70): string {
  const text = shortText(path, 10_000);
  return text.length > most ? `…${text.slice(1 - most)}` : text;
}
