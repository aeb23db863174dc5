import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Plain } from '../parts/plain.tsx';
import type { IconName } from '../pages/page.ts';

/** The frame of the pages of a team's server: the way to its pages, the search, and who is signed in. */
export function TeamFrame({
  path,
  question,
  query = '',
  signedInAs,
  aside,
  children,
}: {
  /** That of the page in the rail that is shown. */
  readonly path: string;
  readonly question: string;
  /** What is searched for. @default nothing */
  readonly query?: string;
  /** The name of the token; null where none is needed. */
  readonly signedInAs: string | null;
  /** Stands beside the heading. @default nothing */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <div class="frame">
        <nav class="rail" aria-label="Pages">
          <a class="brand" href="/" aria-label="Pattern tracker">
            <span aria-hidden="true" class="brand-sign">
              ≡
            </span>
            <span class="brand-word">Pattern tracker</span>
          </a>
          <ul>
            {PLACES.map(({ href, title, icon }) => (
              <li key={href}>
                <a
                  href={href}
                  class="rail-link"
                  title={title}
                  {...(href === path && { 'aria-current': 'page' as const })}
                >
                  <Icon name={icon} />
                  <span class="rail-word">{title}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="room">
          <header class="top">
            <form class="search" role="search" action="/search" method="get">
              <Icon name="search" />
              <input
                type="search"
                name="q"
                value={query}
                placeholder="Search the team’s code…"
                aria-label="Search the team’s code"
                autocomplete="off"
                spellcheck={false}
              />
            </form>
            {signedInAs !== null && (
              <form class="team-who" action="/sign-out" method="post">
                <Plain class="dim from-560" text={signedInAs} />
                <button class="button" type="submit">
                  Sign out
                </button>
              </form>
            )}
          </header>
          <main id="main" tabIndex={-1}>
            <div class="head">
              <h1>{question}</h1>
              {aside}
            </div>
            {children}
          </main>
        </div>
      </div>
    </>
  );
}

// --- internal ---

const PLACES: readonly {
  readonly href: string;
  readonly title: string;
  readonly icon: IconName;
}[] = [
  { href: '/', title: 'Patterns', icon: 'patterns' },
  { href: '/search', title: 'Search', icon: 'search' },
  { href: '/files', title: 'Files', icon: 'files' },
  { href: '/insight', title: 'Insight', icon: 'insight' },
  { href: '/service', title: 'Health', icon: 'health' },
  { href: '/start', title: 'API', icon: 'keys' },
];
