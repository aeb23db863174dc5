import type { SimilarPattern } from '../../../store/queries/search/similar.ts';
import { Code } from '../code/code.tsx';
import { Place } from './place.tsx';
import { patternLink } from './links.ts';
import { Ago } from '../time.tsx';

/** Code that is like other code, the most similar first. */
export function SimilarList({ hits }: { readonly hits: readonly SimilarPattern[] }) {
  return (
    <ul class="hits">
      {hits.map((hit) => (
        <li class="hit" data-row key={hit.patternId}>
          <p class="hit-facts">
            <a class="num similar-score" href={patternLink(hit.patternId)}>
              {/* never 100 where something differs */}
              {Math.floor(hit.score * 100)} %
            </a>
            <Place {...hit} line={hit.startLine} />
            <span class="dim">{hit.language}</span>
            {hit.at !== null && (
              <span class="dim">
                <Ago at={hit.at} />
              </span>
            )}
          </p>
          <Code
            code={hit.code}
            language={hit.language}
            first={hit.startLine ?? 1}
            most={MOST_LINES}
            label={`Code of ${hit.patternId}`}
          />
        </li>
      ))}
    </ul>
  );
}

// --- internal ---

const MOST_LINES = 12;
