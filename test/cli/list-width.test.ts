// Every list on terminals of every width: no line wraps, and what matters most stays.
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillOutbox } from './delivery-sample.ts';
import { fillSample, Sample } from './sample-database.ts';
import { run as runIn, testEnvironment } from './test-environment.ts';
import type { CliEnvironment } from '../../lib/cli/environment.ts';

const sample = new Sample();
/** Runs with a server that the outbox can wait for. */
const run = async (of: Sample, argv: string, overrides: Partial<CliEnvironment> = {}) => {
  const { env } = testEnvironment(of, overrides).cli;
  return runIn(of, argv, {
    ...overrides,
    env: { ...env, INTELLIGENCE_SERVICE_URL: 'http://127.0.0.1:9' },
  });
};
beforeAll(() => {
  fillSample(sample);
  fillOutbox(sample);
});
afterAll(() => sample.remove());

const LISTS: [argv: string, atSixty: string][] = [
  ['patterns', 'ID PROJECT FILE GEN LAST SEEN CODE'],
  ['sessions', 'SESSION PROJECT STARTED FILES LINES FIRST PROMPT'],
  ['tool-calls', 'WHEN TOOL OUTCOME WHAT ERROR'],
  ['outbox', 'ID EVENT PATTERN QUEUED NEXT LAST ERROR'],
];

describe.each(LISTS)('%s', (argv, atSixty) => {
  it('fits every terminal', async () => {
    for (const columns of [20, 30, 40, 50, 60, 72, 80, 100, 120, 200]) {
      const { out } = await run(sample, argv, { isTTY: true, columns, lines: 1_000 });
      for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it(`shows ${atSixty} in 60 columns`, async () => {
    const { out } = await run(sample, argv, { isTTY: true, columns: 60, lines: 1_000 });
    expect(out.split('\n')[0]?.replaceAll(/ +/g, ' ')).toBe(atSixty);
  });
});

describe('a list that its limit cuts', () => {
  it('says how many there are', async () => {
    const screen = await run(sample, 'patterns --limit 3', { isTTY: true });
    expect(screen.out).toMatch(/\n3 of \d+; --limit 0 for all\n$/);
    expect(screen.err).toBe('');
  });

  it('says so beside the lines that a program reads', async () => {
    for (const [argv] of LISTS) {
      const { out, err } = await run(sample, `${argv} --limit 1`);
      expect(out.split('\n')).toHaveLength(3);
      expect(err).toMatch(/^1 of \d+; --limit 0 for all\n$/);
    }
  });

  it('says nothing when all are shown, and nothing in JSON', async () => {
    for (const [argv] of LISTS) {
      expect((await run(sample, `${argv} --limit 0`)).err).toBe('');
      expect((await run(sample, `${argv} --limit 1 --json`)).err).toBe('');
    }
  });

  it('counts no further than a thousand', async () => {
    const large = new Sample();
    try {
      for (let index = 0; index < 1_200; index++) large.pattern(`a${index}`, 'code', { lines: 3 });
      expect((await run(large, 'patterns')).err).toBe('20 of 1,000 or more; --limit 0 for all\n');
    } finally {
      large.remove();
    }
  });
});
