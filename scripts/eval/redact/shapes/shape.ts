import type { JsonObject } from '../../../../lib/base/json.ts';
import type { Spelling } from '../secret-names.ts';
import type { Flavour } from '../secret-values.ts';
import { SLOTS } from './slot.ts';
import type { SlotName } from './slot.ts';

/** What a shape is given to write. */
export interface Subject {
  /** The name in the spelling that the shape asks for; without one in the kind's own. */
  nameIn(spelling?: Spelling | 'identifier'): string;
  readonly value: string;
}

/** A text or a payload with a secret in it. */
export interface Specimen {
  readonly content: string | JsonObject;
  /** The forms in which the secret stands there, each of which must be gone. */
  readonly forms: readonly string[];
}

/** A way of writing a secret down. */
export interface Shape {
  readonly name: string;
  /** The forms of secrets that a person could write this way. */
  readonly flavours: readonly Flavour[];
  /** True where nothing but its own form says that a secret stands there. */
  readonly bare: boolean;
  write(subject: Subject): Specimen;
}

/** `{N}` stands for the name, `{V}` for the value. */
export type ShapeRow = readonly [
  name: string,
  slot: SlotName,
  spelling: Spelling | 'identifier' | 'own',
  template: string,
];

/** A shape that writes one text. */
export function textShape(row: ShapeRow, bare = false): TextShape {
  const [name, slotName, spelling, template] = row;
  const slot = SLOTS[slotName];
  return {
    name,
    flavours: slot.flavours,
    bare,
    write(subject) {
      const written = slot.encode(subject.value);
      const shown = subject.nameIn(spelling === 'own' ? undefined : spelling);
      const content = template.replaceAll('{N}', () => shown).replaceAll('{V}', () => written);
      return { content, forms: [...new Set([subject.value, written])] };
    },
  };
}

/** A shape whose content is a text, so that it can be wrapped. */
export interface TextShape extends Shape {
  write(subject: Subject): Specimen & { readonly content: string };
}
