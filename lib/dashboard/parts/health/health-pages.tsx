/** The ways from a page about health to the three of the runbook, and to what is held. */
export function HealthPages({ but }: { readonly but?: string }) {
  return (
    <ul class="health-pages">
      {PLACES.filter(({ path }) => path !== but).map(({ path, title, about }) => (
        <li key={path}>
          <a href={path}>{title}</a>
          <span class="dim">{about}</span>
        </li>
      ))}
    </ul>
  );
}

// --- internal ---

const PLACES = [
  { path: '/health', title: 'Health', about: 'Can I trust it?' },
  { path: '/health/system', title: 'System health', about: 'Each part, alerts, storage, checks' },
  { path: '/health/performance', title: 'Performance', about: 'How fast delivery and calls are' },
  { path: '/health/errors', title: 'Error rates', about: 'What failed, the breaker, dead letters' },
  { path: '/privacy', title: 'Privacy', about: 'What is held, and where it was sent' },
];
