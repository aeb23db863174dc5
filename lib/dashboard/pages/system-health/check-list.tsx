import { counted } from '../../../base/amount-text.ts';
import { Plain } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import type { Checks } from './query.ts';

/** The choice of a checklist, and what it found. */
export function CheckList({ checks, url }: { readonly checks: Checks | null; readonly url: URL }) {
  return (
    <>
      <nav class="choices check-tabs" aria-label="Checklist">
        {LISTS.map(({ list, title }) => {
          const to = new URL(url);
          to.searchParams.set('check', list);
          return (
            <a
              href={`${to.pathname}${to.search}`}
              key={list}
              {...(list === checks?.list && { 'aria-current': 'true' as const })}
            >
              {title}
            </a>
          );
        })}
      </nav>
      {checks === null ? (
        <p class="dim prose">
          A list asks the server once and reads the database, so it is gone through when you choose
          it. It starts and changes nothing.
        </p>
      ) : (
        <Found checks={checks} />
      )}
    </>
  );
}

// --- internal ---

const LISTS = [
  { list: 'daily', title: 'Every morning' },
  { list: 'evening', title: 'Every evening' },
  { list: 'weekly', title: 'Once a week' },
  { list: 'monthly', title: 'Once a month' },
];

function Found({ checks: { checks } }: { readonly checks: Checks }) {
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const warned = checks.filter(({ status }) => status === 'warn').length;
  return (
    <>
      <p class="check-sum">
        {failed + warned === 0
          ? 'All is well.'
          : `${counted(failed, 'check')} failed, ${counted(warned, 'warning')}.`}
      </p>
      <ul class="checks">
        {checks.map(({ id, title, status, detail, mend }) => (
          <li key={id}>
            <Status is={status}>
              <span class="check-title">{title}</span>
            </Status>
            <div class="check-found">
              <Plain text={detail} />
              {mend !== undefined && (
                <p class="dim">
                  → <Plain text={mend} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
