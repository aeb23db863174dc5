import { PAGES } from '../pages/page-list.ts';
import type { Page } from '../pages/page.ts';
import { Icon } from '../parts/icon.tsx';
import { Sign } from '../parts/status.tsx';
import { useClient } from './client-side.ts';

/** The way to the pages: words, then icons, then a bar at the bottom, as the window gets narrow. */
export function Rail({ page }: { readonly page: Page | undefined }) {
  const { live } = useClient();
  const shown = page?.rail ? page.name : page?.within;
  return (
    <nav class="rail" aria-label="Pages">
      <a class="brand" href="/" aria-label="Pattern tracker">
        <span aria-hidden="true" class="brand-sign">
          ≡
        </span>
        <span class="brand-word">Pattern tracker</span>
      </a>
      <ul>
        {PAGES.filter(({ rail }) => rail).map(({ name, path, title, rail }) => (
          <li key={name}>
            <a
              href={path}
              class="rail-link"
              title={title}
              {...(name === shown && { 'aria-current': 'page' as const })}
            >
              <Icon name={rail?.icon ?? 'now'} />
              <span class="rail-word">{title}</span>
              {name === 'now' && live.waiting > 0 && (
                <span class="badge">
                  {live.waiting}
                  <span class="unseen"> wait for you</span>
                </span>
              )}
              {name === 'health' && <HealthSign is={live.health} />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

// --- internal ---

const MEANINGS = { healthy: 'ok', degraded: 'warn', unhealthy: 'fail' } as const;

function HealthSign({ is }: { readonly is: keyof typeof MEANINGS }) {
  return (
    <span class={`rail-sign is-${MEANINGS[is]}`}>
      <Sign is={MEANINGS[is]} />
      <span class="unseen"> {is}</span>
    </span>
  );
}
