import type { Flavour } from '../secret-values.ts';

/** How a shape writes a value: which it can hold at all, and what it writes for them. */
export interface Slot {
  readonly flavours: readonly Flavour[];
  encode(value: string): string;
}

const STRONG = ['hex', 'uuid', 'alnum', 'base64'] as const;
const PLAIN = [...STRONG, 'letters', 'digits', 'masked', 'chosen'] as const;
const ALL = [...PLAIN, 'symbols', 'braces', 'dollar', 'quote', 'phrase', 'words'] as const;
const same = (value: string): string => value;
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

/** The places in which a value may stand. */
export const SLOTS = {
  /** In double quotes, where nothing is interpolated. */
  double: { flavours: ALL, encode: inJson },
  /** In double quotes, where `$x`, `#{x}` or `{x}` would be interpolated. */
  template: { flavours: [...PLAIN, 'quote', 'phrase'], encode: inJson },
  single: { flavours: ALL, encode: (value) => value.replace(/['\\]/g, '\\$&') },
  /** In single quotes, where a quote inside is written twice, as in SQL and YAML. */
  doubled: { flavours: ALL, encode: (value) => value.replaceAll("'", "''") },
  /** In single quotes of a shell, or in backticks, between which nothing is escaped. */
  raw: { flavours: [...PLAIN, 'symbols', 'braces', 'dollar', 'phrase'], encode: same },
  /** Without quotes, to the next blank. */
  word: { flavours: PLAIN, encode: same },
  /** Without quotes, to the end of the line. */
  line: { flavours: [...PLAIN, 'symbols', 'phrase', 'words'], encode: same },
  /** In running text, where only what looks random can be told from a word. */
  prose: { flavours: STRONG, encode: same },
  url: { flavours: [...PLAIN, 'symbols', 'braces'], encode: encodeURIComponent },
  xml: {
    flavours: ALL,
    encode: (value) =>
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  },
  /** Base64 of the value, as Kubernetes writes it. */
  base64: { flavours: PLAIN, encode: (value) => Buffer.from(value).toString('base64') },
  /** In quotes of any kind, also after wrapping. */
  alone: { flavours: [...PLAIN, 'symbols', 'phrase'], encode: same },
  /** A number without quotes. */
  number: { flavours: ['digits'], encode: same },
} as const satisfies Readonly<Record<string, Slot>>;

/** The name of one of {@link SLOTS}. */
export type SlotName = keyof typeof SLOTS;
