import { Section } from '../../parts/figures/section.tsx';
import { HealthPages } from '../../parts/health/health-pages.tsx';
import { Reasons } from '../../parts/health/reasons.tsx';
import { Advice, Plain } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { HealthData } from './query.ts';
import type { Station } from './way.ts';

/** Can I trust it? */
export const healthView: PageView<HealthData> = { View };

// --- internal ---

function View({ data: { sentences, way, reasons } }: ViewProps<HealthData>) {
  return (
    <div class="sections">
      <ul class="sentences">
        {sentences.map(({ about, is, text }) => (
          <li key={about}>
            <Status is={is}>
              <b>{about}</b>
            </Status>
            <Advice class="sentence" text={text} />
          </li>
        ))}
      </ul>
      <Section title="The way of an event">
        <ol class="way">
          {way.map((station) => (
            <StationBox station={station} key={station.name} />
          ))}
        </ol>
      </Section>
      {reasons.length > 0 && (
        <Section title="What needs a look">
          <Reasons reasons={reasons} />
        </Section>
      )}
      <Section title="More">
        <HealthPages but="/health" />
      </Section>
    </div>
  );
}

function StationBox({ station }: { readonly station: Station }) {
  const { name, is, state, backlog, rate, age, trouble } = station;
  return (
    <li class={`station station-${is}`}>
      <h3>
        <Plain text={name} />
      </h3>
      <Status is={is}>{state}</Status>
      <p class="station-number num">{backlog}</p>
      <p class="dim num">{rate}</p>
      <p class="dim">
        {age && (
          <>
            {age.of} <Ago at={age.at} />
          </>
        )}
      </p>
      {trouble !== null && <Advice class="station-trouble" text={trouble} />}
    </li>
  );
}
