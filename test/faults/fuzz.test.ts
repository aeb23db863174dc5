import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackerHome } from '../processes/tracker-home.ts';
import { times } from '../support/depth.ts';

const INPUTS = times(300, 2_500);
const SEED = 20_261_124;

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome('spool: { partial_seconds: 1 }\n')));
afterEach(() => home.remove());

const real = readdirSync('test/fixtures/payloads', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(join('test/fixtures/payloads', name)));

const aPayload = fc.constantFrom(...real);
const position = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, where: number) => Math.floor(where * bytes.length);

/** Payloads as a broken pipe, a bad disk, an odd version or an enemy would make them. */
const anInput = fc.oneof(
  fc.tuple(aPayload, position).map(([bytes, end]) => bytes.subarray(0, at(bytes, end))),
  fc
    .tuple(aPayload, position, fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([bytes, where, junk]) => {
      const start = bytes.subarray(0, at(bytes, where));
      return Buffer.concat([start, junk, bytes.subarray(at(bytes, where) + junk.length)]);
    }),
  fc.tuple(aPayload, fc.jsonValue(), fc.nat()).map(([bytes, value, pick]) => {
    const object = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const keys = Object.keys(object);
    object[keys[pick % keys.length] ?? ''] = value; // a known field with anything in it
    return Buffer.from(JSON.stringify(object));
  }),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(3_000).map((depth) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
  fc
    .nat(2_000)
    .map((depth) =>
      Buffer.from(
        `{"session_id":"deep","hook_event_name":"PreToolUse","tool_name":"X","tool_input":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`,
      ),
    ),
);

describe('fuzzed input', () => {
  it(`${INPUTS} inputs: each leaves 0, nothing printed, and each is accounted for`, async () => {
    const inputs = join(home.folder, 'inputs');
    mkdirSync(inputs);
    for (const [n, bytes] of fc.sample(anInput, { numRuns: INPUTS, seed: SEED }).entries()) {
      writeFileSync(join(inputs, String(n)), bytes);
    }
    const script = `for f in '${inputs}'/*; do '${resolve('hooks/capture.sh')}' <"$f" || echo "exit $? for $f"; done`;
    const output = execFileSync('/bin/sh', ['-c', script], {
      env: home.env,
      encoding: 'utf8',
    });
    expect(output).toBe('');
    const pid = home.courierPid;
    await home.settled();

    const counter = (name: string) =>
      Number(home.value(`SELECT value FROM counters WHERE name = '${name}'`) ?? 0);
    const accounted = () =>
      counter('ingested') +
      counter('duplicates') +
      counter('quarantine_evicted') +
      home.quarantined.length +
      home.drops.length;
    await expect.poll(accounted).toBe(INPUTS); // what is evicted is counted a moment before it goes
    expect(counter('ingested')).toBeGreaterThan(INPUTS / 20);
    expect(home.quarantined.length).toBeGreaterThan(INPUTS / 20);
    expect(home.quarantined.filter((name) => name.endsWith('.failed'))).toEqual([]);
    expect(home.courierPid).toBe(pid); // it has not crashed
    await expect.poll(() => home.courierState?.status).toBe('idle');
  });
});
