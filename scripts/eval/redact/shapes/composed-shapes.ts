import { Dice } from '../dice.ts';
import { FRAMES, frameShape } from './payload-shapes.ts';
import { textShape } from './shape.ts';
import type { Shape, TextShape } from './shape.ts';
import { SPELLINGS } from '../secret-names.ts';
import type { SlotName } from './slot.ts';
import { WRAPPERS, wrapShape } from './wrappers.ts';

/**
 * Shapes put together at random from a name, a separator, quotes, what stands before and after, and up to
 * two wrappers. They are no list that rules could be fitted to: another seed makes others.
 */
export function composedShapes(count: number, seed: number): readonly Shape[] {
  return Array.from({ length: count }, (_, i) => composedShape(i, new Dice('composed', seed, i)));
}

// --- internal ---

/** What a name may stand in, before the separator. */
const NAMES = [
  '{N}',
  '"{N}"',
  "'{N}'",
  '[{N}]',
  'cfg.{N}',
  'cfg["{N}"]',
  'app_{N}',
  '@{N}',
  '{N}[0]',
];
const SEPARATORS = ['=', ' = ', ': ', ':', ' := ', ' => ', '  =  ', '=\t', ' : ', '\t= '];
const QUOTES = ['"', "'", '`', ''] as const;
const BEFORE = ['', '  ', '\t', 'let ', 'export ', '{ ', 'user: joe, ', 'x(', '- ', 'a;', 'set '];
const AFTER = ['', ';', ',', ' }', ')', ' # c', ' // c', '  ', ', b: 1', '\\'];
const LINES = ['import x', 'host: db', 'PORT=5432', '}', '', 'function f() {', '  return 1', 'ok'];

function composedShape(index: number, dice: Dice): Shape {
  const quote = dice.oneOf(QUOTES);
  const slot: SlotName = quote === '' ? 'word' : 'alone';
  const after = quote === '' ? dice.oneOf(['', ' # c', '  ', '']) : dice.oneOf(AFTER);
  const line = [
    dice.oneOf(BEFORE),
    dice.oneOf(NAMES),
    dice.oneOf(SEPARATORS),
    `${quote}{V}${quote}`,
    after,
  ].join('');
  const text = [dice.oneOf(LINES), dice.oneOf(LINES), line, dice.oneOf(LINES)].join('\n');
  const name = `composed-${index}`;
  let shape: TextShape = textShape([name, slot, dice.oneOf(SPELLINGS), text]);
  for (let i = dice.between(0, 2); i > 0; i -= 1) shape = wrapShape(shape, dice.oneOf(WRAPPERS));
  return dice.between(0, 1) === 0 ? shape : frameShape(shape, dice.oneOf(FRAMES));
}
