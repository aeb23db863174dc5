import { byteText, counted, shareText } from '../../../base/amount-text.ts';
import { Action } from '../../parts/health/action.tsx';
import { Section } from '../../parts/figures/section.tsx';
import { HealthPages } from '../../parts/health/health-pages.tsx';
import { Reasons } from '../../parts/health/reasons.tsx';
import { SinkLine } from '../../parts/health/sink-line.tsx';
import { Advice, Plain, plainText } from '../../parts/plain.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { Alerts } from './alerts.tsx';
import { CheckList } from './check-list.tsx';
import type { Storage, SystemHealthData } from './query.ts';

/** Is every part well? */
export const systemHealthView: PageView<SystemHealthData> = {
  View,
  // The list would be gone through again.
  isAffected: ({ checks }) => checks === null,
};

// --- internal ---

const MEANINGS = { healthy: 'ok', degraded: 'warn', unhealthy: 'fail' } as const;

function View({ data, url }: ViewProps<SystemHealthData>) {
  const { status, reasons, alerts, storage, checks, spool, delivery } = data;
  const lost = spool.dropped.unwritable + spool.dropped.spoolFull;
  return (
    <div class="sections">
      <div class="system-head">
        <Status is={MEANINGS[status]}>
          <b class="system-status">{status}</b>
        </Status>
        <Reasons reasons={reasons} />
      </div>
      <Section title="Parts">
        <Parts data={data} />
      </Section>
      <Section title="Alerts" note="as pattern-tracker alerts judges them">
        <Alerts alerts={alerts} />
      </Section>
      <Section title="Checklists" note="as pattern-tracker check goes through them">
        <CheckList checks={checks} url={url} />
      </Section>
      <Section title="Storage">
        <StorageFacts of={storage} />
      </Section>
      <Section title="What can be done">
        <div class="actions">
          <Action name="flush" label="Send what waits now" command="pattern-tracker flush" />
          {delivery.sinks.some(({ breaker }) => breaker.phase !== 'closed') && (
            <Action
              name="reset-breaker"
              label="Close the circuit"
              command="pattern-tracker breaker reset"
            />
          )}
          {(storage.setAsidePath !== null || lost > 0) && (
            <Action
              name="acknowledge"
              label="Acknowledge what was set aside or lost"
              command="pattern-tracker status --acknowledge"
            />
          )}
        </div>
      </Section>
      <Section title="More">
        <HealthPages but="/health/system" />
      </Section>
    </div>
  );
}

function Parts({
  data: { recording, courier, spool, delivery },
}: {
  readonly data: SystemHealthData;
}) {
  const isBad = courier.status === 'degraded' || courier.status === 'stalled';
  const lost = spool.dropped.unwritable + spool.dropped.spoolFull;
  return (
    <dl class="parts">
      <dt>Recording</dt>
      <dd>
        <Status is={recording.state === 'on' ? 'ok' : 'fail'}>{recording.state}</Status>
        <Advice class="dim" text={recording.text} />
      </dd>
      <dt>Spool</dt>
      <dd>
        <Status is={spool.isFull ? 'fail' : lost + spool.quarantined > 0 ? 'warn' : 'ok'}>
          {spool.isFull ? 'full' : `${counted(spool.waiting, 'event')} wait`}
        </Status>
        <span class="dim">
          {`${lost.toLocaleString('en-US')} dropped, ${spool.quarantined.toLocaleString('en-US')} set aside`}
          {spool.oldestAt !== null && (
            <>
              , the oldest from <Ago at={spool.oldestAt} />
            </>
          )}
        </span>
      </dd>
      <dt>Courier</dt>
      <dd>
        <Status is={isBad ? 'fail' : courier.status === 'stopped' ? 'ended' : 'ok'}>
          {courier.status}
        </Status>
        <span class="dim">
          {isBad && <Advice text={[courier.reason, courier.hint].filter(Boolean).join('. ')} />}
          {!isBad && courier.pid !== null && `pid ${courier.pid}, `}
          {!isBad && courier.updatedAt !== null && (
            <>
              last sign <Ago at={courier.updatedAt} />
            </>
          )}
        </span>
      </dd>
      {delivery.sinks.map((sink) => (
        <SinkLine sink={sink} key={sink.name} />
      ))}
    </dl>
  );
}

function StorageFacts({ of }: { readonly of: Storage }) {
  const { usedBytes, mostBytes, databaseBytes, backup, files, setAsidePath } = of;
  return (
    <>
      <p class="prose">
        {databaseBytes === null ? (
          'There is no tracker.db yet.'
        ) : (
          <>
            tracker.db takes {byteText(databaseBytes)}
            {usedBytes !== null &&
              mostBytes !== null &&
              mostBytes > 0 &&
              `, ${shareText(usedBytes / mostBytes)} of the ${byteText(mostBytes)} that retention allows`}
            . It holds {counted(of.events, 'event')}.
          </>
        )}{' '}
        {backup === null ? (
          <>
            There is no backup: <code>pattern-tracker backup --keep 4</code> makes one.
          </>
        ) : (
          <>
            The last backup was made <Ago at={backup.at} />.
          </>
        )}
      </p>
      {setAsidePath !== null && (
        <p class="is-warn prose">
          A damaged database lies in <Plain text={setAsidePath} />.
        </p>
      )}
      {files.length > 0 && (
        <div class="table-room storage-files">
          <table class="table">
            <caption class="unseen">Files of the tracker</caption>
            <thead>
              <tr>
                <th scope="col">Files</th>
                <th scope="col" class="num right">
                  Count
                </th>
                <th scope="col" class="num right">
                  Size
                </th>
                <th scope="col" class="wide from-560">
                  In
                </th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ kind, files: count, bytes, path }) => (
                <tr key={kind}>
                  <td>{kind}</td>
                  <td class="num right">{count.toLocaleString('en-US')}</td>
                  <td class="num right">{byteText(bytes)}</td>
                  <td class="wide from-560" title={plainText(path)}>
                    <Plain text={path} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
