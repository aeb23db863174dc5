import { expect, it } from 'vitest';
import { captureText } from '../../lib/config/capture-text.ts';
import { configSchema } from '../../lib/config/config.ts';

const textOf = (capture: unknown, counters = {}) =>
  captureText(configSchema.parse({ capture }).capture, counters);

it('says nothing where everything is kept', () => {
  expect(textOf({})).toBeNull();
  expect(captureText(undefined, { ingested: 5 })).toBeNull();
});

it('says in one line what is left out, and of how many events', () => {
  expect(textOf({ content: 'metadata' })).toBe('no texts');
  expect(captureText(undefined, { narrowed: 1 })).toBe('1 event kept in part');
  expect(
    textOf(
      {
        content: 'code',
        prompts: false,
        projects: [{ path: '~/a', content: 'none' }],
        exclude_paths: ['a', 'b'],
        exclude_tools: ['c'],
      },
      { narrowed: 1_234, excluded: 2 },
    ),
  ).toBe(
    'of all texts only the code that Claude wrote, no prompts, 1 rule for projects, 2 rules for files, 1 rule for tools; 1,234 events kept in part, 2 events not kept',
  );
});
