import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Conditions } from '../../../lib/store/queries/conditions.ts';
import { listPatterns } from '../../../lib/store/queries/patterns.ts';
import { listSessions } from '../../../lib/store/queries/sessions.ts';
import { listToolCalls } from '../../../lib/store/queries/tool-calls.ts';
import { fillSample, Sample } from '../../cli/sample-database.ts';

const sample = new Sample();
fillSample(sample);
afterAll(() => sample.remove());

describe('Conditions', () => {
  it('is empty without conditions', () => {
    expect(new Conditions().sql()).toBe('');
  });

  it('holds all conditions at once', () => {
    const where = new Conditions().add('a = 1 OR b = 2').add('c = @c', { c: 3 });
    expect(where.sql()).toBe('WHERE (a = 1 OR b = 2) AND (c = @c)');
    expect(where.values).toEqual({ c: 3 });
  });
});

it('takes any text for a value, never for SQL or for a wildcard', () => {
  const unit = fc.constantFrom("'", '"', '%', '*', '?', '[', ']', '_', ';', '-', ')', '7', 'x');
  const text = fc.oneof(fc.string(), fc.string({ unit, minLength: 1 }));
  fc.assert(
    fc.property(text, text, (session, name) => {
      const filter = { session, limit: 10, withTests: true };
      const sessions = listSessions(sample.database, filter);
      expect(sessions.every(({ id }) => id.startsWith(session))).toBe(true);
      const calls = listToolCalls(sample.database, { ...filter, tool: name });
      expect(calls.every((call) => call.toolName.toLowerCase() === name.toLowerCase())).toBe(true);
      listPatterns(sample.database, { ...filter, language: name, sort: 'recent' });
    }),
    { numRuns: 300 },
  );
});
