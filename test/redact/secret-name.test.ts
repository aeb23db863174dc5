import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameAt } from '../../lib/redact/named/name-span.ts';
import { mayNameSecret, NAME_TRIGGERS } from '../../lib/redact/named/secret-name.ts';

/** Where the triggers stand in a text. */
function triggersIn(text: string): number[] {
  const small = text.toLowerCase();
  return NAME_TRIGGERS.flatMap((trigger) => {
    const places: number[] = [];
    for (let at = small.indexOf(trigger); at !== -1; at = small.indexOf(trigger, at + 1))
      places.push(at);
    return places;
  });
}

const PARTS = [
  'session Session SESSION id ID Id string str connection key KEY api Api token Token max',
  'password secretWord pass phrase code recovery url signed hook answer security value 2 x',
  'login sonar Dsonar Password D P passwort contraseña mật khẩu 密码 width idle pattern path',
].flatMap((words) => words.split(' '));
const part = fc.nat(PARTS.length - 1).map((index) => PARTS[index] ?? '');
const gap = fc.constantFrom('', '_', '-', '.', ' ', '  ', '="', ' -', '/', '\n');
const text = fc
  .array(fc.tuple(part, gap), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.flat().join(''))
  .filter((each) => each.toLowerCase().length === each.length);

describe('mayNameSecret', () => {
  it('passes over no name of a secret, whatever it stands beside', () => {
    fc.assert(
      fc.property(text, (given) => {
        const places = triggersIn(given);
        const passed = places.filter((at) => mayNameSecret(given, at));
        for (const at of places) {
          const { start, end, nameClass } = nameAt(given, at);
          if (nameClass === undefined) continue;
          const isSeen = passed.some((each) => each >= start && each < end);
          expect({ given, start, end, isSeen }).toEqual({ given, start, end, isSeen: true });
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['width', 'pattern', 'strict', 'path', 'valid', 'oauth2'])('passes over %s', (word) => {
    expect(triggersIn(word).some((at) => mayNameSecret(word, at))).toBe(false);
  });
});
