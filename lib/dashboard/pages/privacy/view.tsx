import { byteText, counted } from '../../../base/amount-text.ts';
import { Section } from '../../parts/figures/section.tsx';
import { HealthPages } from '../../parts/health/health-pages.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { Forget } from './forget.tsx';
import { FilesTable, HeldTable, ProjectsTable, RulesTable } from './held-tables.tsx';
import type { PrivacyData } from './query.ts';

/** What is held, and where did it go? */
export const privacyView: PageView<PrivacyData> = {
  View,
  // It would read every row again.
  isAffected: () => false,
};

// --- internal ---

function View({ data, url }: ViewProps<PrivacyData>) {
  const { held, projects, files, redacted, retention } = data;
  if (held.length === 0 && files.length === 0) {
    return (
      <Empty
        title="Nothing is held"
        why="Here stands what was recorded, where it lies, and where it was sent. Look whether anything is recorded:"
        command="pattern-tracker status"
      />
    );
  }
  return (
    <div class="sections">
      <Section title="Where it was sent">
        <Sent data={data} />
      </Section>
      <Section title="What is held" note="lengths in characters, sizes as they are stored">
        <HeldTable rows={held} url={url} />
      </Section>
      {projects.length > 0 && (
        <Section title="Of which projects">
          <ProjectsTable rows={projects} url={url} />
        </Section>
      )}
      <div class="section-pair">
        <Section title="Secrets taken out before storing">
          <Redacted data={data} />
          {redacted.length > 0 && <RulesTable rows={redacted} url={url} />}
        </Section>
        <Section title="Where it lies">
          <FilesTable rows={files} url={url} />
        </Section>
      </div>
      <Section title="How long it is kept">
        <dl class="facts">
          {Object.entries(retention).map(([key, value]) => (
            <div class="retention" key={key}>
              <dt>
                <code>{key}</code>
              </dt>
              <dd class="num">{keptText(key, value)}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Forget">
        <Forget projects={projects.map(({ root }) => root)} isWiped={data.is_wiped} />
      </Section>
      <Section title="More">
        <HealthPages but="/privacy" />
      </Section>
    </div>
  );
}

function Sent({ data: { sent } }: { readonly data: PrivacyData }) {
  if (sent.length === 0) return <p>Nothing was sent anywhere: it is all on this machine.</p>;
  return (
    <ul class="sent">
      {sent.map(
        ({ sink, server, delivered, patterns, waiting, dead, last_delivered_at: at, recalls }) => (
          <li key={`${sink} ${server ?? ''}`}>
            <b>
              <Plain text={server ?? sink} />
            </b>{' '}
            was sent {counted(delivered, 'event')}
            {recalls && ` and knows ${counted(patterns, 'pattern')}`}
            {at !== null && (
              <>
                , the last <Ago at={Date.parse(at)} />
              </>
            )}
            {waiting + dead > 0 && `; ${counted(waiting + dead, 'event')} not delivered`}.{' '}
            <span class="dim">
              {recalls ? 'It can be told to delete.' : 'What it has cannot be recalled.'}
            </span>
          </li>
        ),
      )}
    </ul>
  );
}

function keptText(key: string, value: string | number | boolean | null): string {
  if (value === null) return 'no limit';
  return key.endsWith('_bytes') && typeof value === 'number' ? byteText(value) : String(value);
}

function Redacted({ data: { redactions, counted_since: since } }: { readonly data: PrivacyData }) {
  return (
    <p class="redacted">
      {counted(redactions, 'secret')} in all
      {since !== null && (
        <>
          ; counted by rule since <Ago at={Date.parse(since)} />
        </>
      )}
      .
    </p>
  );
}
