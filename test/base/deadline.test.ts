import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Deadline } from '../../lib/base/deadline.ts';

it('is over when its time has passed', () => {
  let elapsed = 5;
  const deadline = Deadline.in(100, () => elapsed);
  expect([deadline.isOver, deadline.leftMs]).toEqual([false, 100]);
  elapsed = 104;
  expect([deadline.isOver, deadline.leftMs]).toEqual([false, 1]);
  elapsed = 105;
  expect([deadline.isOver, deadline.leftMs]).toEqual([true, 0]);
  expect(Deadline.past().isOver).toBe(true);
});

/**
 * A moment that was worked out by the machine's clock and waits in a field or variable to be passed: it stays away while
 * that clock is set back. Moments that the user or a stored row names are compared elsewhere, each with its own guard.
 */
const WAITS_BY_CLOCK =
  /#?\b(?:clock|now|Date\.now)\(\)\s*[<>]=?\s*this\.#|this\.#\w+\s*[<>]=?\s*(?:this\.)?#?(?:clock|now|Date\.now)\(\)|this\.#\w+(?:At|Until)\s*=\s*(?:now|this\.#?(?:clock|now)\(\)|clock\(\)|Date\.now\(\))\s*\+/;

it('is what code waits for, not a time of the clock that anybody may set', () => {
  const found = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => WAITS_BY_CLOCK.test(readFileSync(join('lib', name), 'utf8')));
  expect(found).toEqual([]);
  expect('if (this.#now() < this.#waitsUntil) continue;').toMatch(WAITS_BY_CLOCK);
  expect('this.#dueAt = now + UPKEEP_MS;').toMatch(WAITS_BY_CLOCK);
});
