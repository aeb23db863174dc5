import { describe, expect, it } from 'vitest';
import type { BlamedLine } from '../../../../lib/blame/blamed-lines.ts';
import {
  countsOf,
  LINES_SHOWN,
  shownText,
} from '../../../../lib/dashboard/pages/file/shown-text.ts';

function line(number: number, event: string | null, more: Partial<BlamedLine> = {}): BlamedLine {
  return {
    line: number,
    text: `line ${number}`,
    by: event === null ? 'other' : 'claude',
    origin: 'kept',
    confidence: 'high',
    eventId: event ?? undefined,
    prompt: event === null ? undefined : { at: 1, text: 'do it' },
    writer:
      event === null
        ? undefined
        : {
            eventId: event,
            sessionId: 'one',
            toolUseId: `toolu_${event}`,
            toolName: 'Edit',
            agentType: null,
            at: 2,
            model: null,
            patternId: `p-${event}`,
            generation: event === 'b' ? 2 : 1,
          },
    ...more,
  };
}

describe('shownText', () => {
  it('puts lines of one call together, and names each call once', () => {
    const { runs, calls } = shownText(
      [
        line(1, 'a'),
        line(2, 'a', { confidence: 'low' }),
        line(3, null),
        line(4, 'b'),
        line(5, 'a'),
      ],
      1,
    );
    expect(runs.map(({ first, last, by, call }) => [first, last, by, call])).toEqual([
      [1, 2, 'claude', 0],
      [3, 3, 'other', null],
      [4, 4, 'claude', 1],
      [5, 5, 'claude', 0],
    ]);
    expect(calls.map(({ toolUseId, prompt }) => [toolUseId, prompt])).toEqual([
      ['toolu_a', 'do it'],
      ['toolu_b', 'do it'],
    ]);
  });

  it('says of a line how sure it is, and how long it is if not all is shown', () => {
    const { lines } = shownText(
      [line(1, 'a', { confidence: 'low' }), line(2, 'a', { text: 'x'.repeat(5_000) })],
      1,
    );
    expect(lines[0]).toEqual({ text: 'line 1', sure: 'low' });
    expect(lines[1]).toEqual({ text: 'x'.repeat(2_000), length: 5_000 });
  });

  it.each([
    [1, 1],
    [LINES_SHOWN, 1],
    [LINES_SHOWN + 1, LINES_SHOWN + 1],
    [1e9, 2 * LINES_SHOWN + 1],
    [-3, 1],
  ])('shows the part that has line %i', (at, first) => {
    const all = Array.from({ length: 2 * LINES_SHOWN + 5 }, (_, index) => line(index + 1, 'a'));
    const shown = shownText(all, at);
    expect(shown.first).toBe(first);
    expect(shown.runs[0]?.first).toBe(first);
    expect(shown.runs.at(-1)?.last).toBe(first + shown.lines.length - 1);
  });

  it('has nothing of an empty file', () => {
    expect(shownText([], 1)).toEqual({ first: 1, lines: [], runs: [], calls: [] });
  });
});

describe('countsOf', () => {
  it('counts whose the lines are, and which of Claude’s are reworked', () => {
    const unknown = line(4, null, { by: 'unknown' });
    expect(countsOf([line(1, 'a'), line(2, 'b'), line(3, null), unknown])).toEqual({
      lines: 4,
      claude: 2,
      reworked: 1,
      other: 1,
      unknown: 1,
    });
  });
});
