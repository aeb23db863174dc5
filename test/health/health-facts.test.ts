import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatherFacts } from '../../lib/health/health-facts.ts';
import type { HealthFacts } from '../../lib/health/health-facts.ts';
import { fillOutbox } from '../cli/delivery-sample.ts';
import { NOW, Sample } from '../cli/sample-database.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const UNREGISTERED = {
  settings: [],
  hooks: [],
  contextHooks: [],
  plugin: undefined,
  hooksDisabledIn: undefined,
};

const gathered = (checkedBytes?: number): HealthFacts =>
  gatherFacts(
    { paths: sample.paths, env: {}, now: () => NOW },
    { registration: UNREGISTERED, ...(checkedBytes === undefined ? {} : { checkedBytes }) },
  );

describe('the facts of health', () => {
  it('are found where there is nothing at all, and make nothing', () => {
    const unread = { value: null, error: null };
    expect(gathered()).toMatchObject({
      at: NOW,
      isInstalled: false,
      recording: { state: 'off', why: `nothing is installed in ${sample.paths.home}` },
      courier: { status: 'stopped', pid: null },
      spool: { waiting: 0, oldestAt: null },
      stored: { bytes: null, soundness: unread, content: unread, delivery: unread },
    });
  });

  it('tell why the database cannot be read, and all the rest', () => {
    mkdirSync(dirname(sample.paths.database), { recursive: true });
    writeFileSync(sample.paths.database, 'no database at all'.repeat(100));
    sample.makeSpool();
    writeFileSync(`${sample.paths.spoolNew}/a`, '');
    const { isInstalled, spool, stored } = gathered();
    expect([isInstalled, spool.waiting]).toEqual([true, 1]);
    expect(stored.bytes).toBe(1_800);
    for (const { value, error } of [stored.soundness, stored.content, stored.delivery]) {
      expect(value).toBeNull();
      expect(error).toMatchObject({ code: 'E_DATABASE_CORRUPT' });
    }
  });

  it('tell of what can be read of a database beside what cannot', () => {
    fillOutbox(sample);
    sample.database.exec('DROP TABLE counters');
    const { content, delivery } = gathered().stored;
    expect(content.error).toMatchObject({ message: expect.stringContaining('counters') });
    expect(delivery.value?.sinks).toMatchObject([
      { sink: { name: 'http' }, outbox: { waiting: 2, dead: 1 } },
      { sink: { name: 'otlp' }, outbox: { waiting: 0, dead: 0 } },
    ]);
  });

  it('look for damage only where they are asked to, up to a size', () => {
    fillOutbox(sample);
    const isChecked = (bytes?: number) => gathered(bytes).stored.soundness.value?.isChecked;
    expect([isChecked(), isChecked(1_000), isChecked(1e9)]).toEqual([false, false, true]);
  });
});
