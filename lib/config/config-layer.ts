import { statSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, ParsedNode, YAMLMap } from 'yaml';
import { errorCode, errorMessage } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { ALIASES, ENVIRONMENT_KEYS, keyHint, MEANINGLESS } from './config-names.ts';
import { CONFIG_DEFAULTS, configKeys, configSchema, leaves, shownValue } from './config.ts';
import type { ExpressionCheck } from './expression-check.ts';
import { issueText } from './issue-text.ts';
import { excessOf } from './yaml-excess.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** `FILE:LINE:COLUMN`, or the name of an environment variable. */
  readonly where: string;
  /** The dotted key; empty if the problem concerns the whole file. */
  readonly key: string;
  readonly message: string;
  readonly hint: string | null;
}

/** The values that one source sets. */
export interface ConfigLayer {
  /** Values by their dotted key. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Where each value is written, by its dotted key. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
  /** What still works but should be changed. */
  readonly warnings: readonly ConfigProblem[];
  /** Where each item of a list is written, by the list's dotted key and the item's index: `KEY[0]`. */
  readonly items: ReadonlyMap<string, string>;
  /** True for a file that names what decides what is kept anywhere, or cannot be read. */
  readonly mentionsPolicy: boolean;
}

interface OpenLayer extends ConfigLayer {
  readonly values: Map<string, unknown>;
  readonly origins: Map<string, string>;
  readonly items: Map<string, string>;
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
  mentionsPolicy: boolean;
}

/**
 * Reads a YAML file; a missing one sets nothing. With `section`, the file may omit that top-level key.
 * Expressions are checked only with `check`. Never throws: what is wrong is in `problems`.
 */
export function readFileLayer(
  path: string,
  section?: 'resilience' | 'logging',
  check?: ExpressionCheck,
): ConfigLayer {
  const layer = emptyLayer();
  let text: string;
  try {
    text = readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return layer;
    layer.problems.push(wholeFile(path, errorMessage(error).replace(`${path}: `, '')));
    layer.mentionsPolicy = section === undefined;
    return layer;
  }
  layer.mentionsPolicy = /capture|redaction/.test(text);
  const excess = excessOf(text);
  if (excess) {
    const line = text.slice(0, excess.offset).split('\n').length;
    layer.problems.push(wholeFile(`${path}:${line}`, excess.message));
    return layer;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const whereOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  for (const { code, message: said, pos } of document.errors.slice(0, MAX_PROBLEMS)) {
    // The parser quotes the file after a colon, and that text may be a token.
    const plain = said.replace(/(?<=\S): .*/s, '');
    const message = code === 'MULTIPLE_DOCS' ? 'it holds more than one document' : plain;
    layer.problems.push({ where: whereOf(pos[0]), key: '', message, hint: null });
  }
  if (layer.problems.length > 0 || document.contents === null) return layer;
  if (!isMap(document.contents)) {
    if (!(isScalar(document.contents) && document.contents.value === null)) {
      layer.problems.push(wholeFile(path, 'it holds no keys'));
    }
    return layer;
  }
  const isWrapped = section !== undefined && document.contents.has(section);
  const prefix = section !== undefined && !isWrapped ? [section] : [];
  collect(document, document.contents, prefix, (key, value, offset, items) => {
    take(layer, key, value, whereOf(offset));
    for (const [index, at] of items.entries()) {
      layer.items.set(`${canonical(key)}[${index}]`, whereOf(at));
    }
  });
  checkValues(layer, check);
  warnOfReaders(layer, path);
  return layer;
}

/** Reads the keys that environment variables set; an empty variable sets nothing. */
export function readEnvironmentLayer(
  env: Readonly<Record<string, string | undefined>>,
): ConfigLayer {
  const layer = emptyLayer();
  for (const [name, { key, kind }] of Object.entries(ENVIRONMENT_KEYS)) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    layer.values.set(key, fromText(text, kind));
    layer.origins.set(key, name);
  }
  checkValues(layer);
  return layer;
}

/** A layer of values given in code or on the command line, by dotted key; undefined sets nothing. */
export function givenLayer(values: Readonly<Record<string, unknown>>, origin: string): ConfigLayer {
  const layer = emptyLayer();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) take(layer, key, value, origin);
  }
  checkValues(layer);
  return layer;
}

/** Several layers as one; a later one comes before an earlier one. */
export function joinedLayers(layers: readonly ConfigLayer[]): ConfigLayer {
  return {
    values: new Map(layers.flatMap(({ values }) => [...values])),
    origins: new Map(layers.flatMap(({ origins }) => [...origins])),
    problems: layers.flatMap(({ problems }) => problems),
    warnings: layers.flatMap(({ warnings }) => warnings),
    items: new Map(layers.flatMap(({ items }) => [...items])),
    mentionsPolicy: layers.some(({ mentionsPolicy }) => mentionsPolicy),
  };
}

// --- internal ---

function emptyLayer(): OpenLayer {
  return {
    values: new Map(),
    origins: new Map(),
    items: new Map(),
    problems: [],
    warnings: [],
    mentionsPolicy: false,
  };
}

function wholeFile(path: string, message: string): ConfigProblem {
  return { where: path, key: '', message, hint: null };
}

/**
 * `value` is that of a scalar, `items` the places of those of a list. `[]` stands for any list, `{}` for any map, `LOST` for an alias without
 * anchor.
 */
type Visit = (key: string, value: unknown, offset: number, items: readonly number[]) => void;

const LOST = Symbol('alias without anchor');

/** Visits the leaves of a map. An unknown section counts as one leaf. */
function collect(
  document: Document.Parsed,
  map: YAMLMap<unknown, unknown>,
  path: readonly string[],
  visit: Visit,
): void {
  for (const { key, value } of map.items) {
    const name = (isScalar(key) ? String(key.value) : String(key)).slice(0, MAX_SHOWN);
    const keyPath = [...path, name];
    const written = keyPath.join('.');
    const offset = (key as Partial<ParsedNode> | null)?.range?.[0] ?? 0;
    const isSection = SECTIONS.has(written);
    // Resolving an alias scans the whole file, so it is done only for known keys.
    const isLooked = isAlias(value) && (isSection || KNOWN.has(canonical(written)));
    const node = isLooked ? (value.resolve(document) ?? LOST) : value;
    if (isSection && isMap(node)) collect(document, node, keyPath, visit);
    else if (!LISTS.has(canonical(written))) visit(written, plainValue(node), offset, []);
    else visit(written, listValue(node), offset, itemOffsets(node));
  }
}

function plainValue(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return [];
  if (isMap(node)) return {};
  return node === LOST ? LOST : null;
}

/** The items of a list that is a value: scalars, and maps of scalars. */
function listValue(node: unknown): unknown {
  if (!isSeq(node)) return plainValue(node);
  return node.items.slice(0, MAX_ITEMS).map((item) => {
    if (!isMap(item)) return plainValue(item);
    const members = item.items.slice(0, MAX_ITEMS).map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      return [name.slice(0, MAX_SHOWN), plainValue(value)] as const;
    });
    return Object.fromEntries(members);
  });
}

function itemOffsets(node: unknown): number[] {
  if (!isSeq(node)) return [];
  const items = node.items.slice(0, MAX_ITEMS) as (Partial<ParsedNode> | null)[];
  return items.map((item) => item?.range?.[0] ?? 0);
}

/** The current name of a key. */
function canonical(written: string): string {
  return (Object.hasOwn(ALIASES, written) ? ALIASES[written] : undefined) ?? written;
}

function take(layer: OpenLayer, written: string, value: unknown, where: string): void {
  if (layer.problems.length >= MAX_PROBLEMS) return;
  const key = canonical(written);
  if (value === LOST) {
    layer.problems.push({
      where,
      key,
      message: 'refers to an anchor that does not exist',
      hint: null,
    });
    return;
  }
  if (key !== written) {
    const hint = `Write ${key} instead.`;
    layer.warnings.push({ where, key: written, message: 'is an older name', hint });
  }
  if (KNOWN.has(key)) {
    if (value === null || value === undefined) return; // `key:` without a value
    layer.values.set(key, asSwitch(key, value));
    layer.origins.set(key, where);
    return;
  }
  if (SECTIONS.has(key) && !Object.hasOwn(MEANINGLESS, key)) {
    if (value === null || value === undefined) return;
    layer.problems.push({ where, key, message: 'must hold keys, not a value', hint: null });
    return;
  }
  layer.problems.push({ where, key, message: 'is not known', hint: keyHint(key) });
}

/** A switch may be written in any way: true, yes and on are the same, and the schema has one of them for each key. */
function asSwitch(key: string, value: unknown): unknown {
  if (!BOOLEANS.has(key) && !ON_OR_OFF.has(key)) return value;
  const isOn = typeof value === 'string' ? fromText(value, 'boolean') : value;
  if (typeof isOn !== 'boolean' || BOOLEANS.has(key)) return isOn;
  return isOn ? 'on' : 'off';
}

/** Checks all values against the schema, so that every wrong one is reported with its place. */
function checkValues(layer: OpenLayer, check?: ExpressionCheck): void {
  const result = configSchema.safeParse(nested(layer.values));
  for (const issue of result.error?.issues ?? []) {
    const length = issue.path.findIndex((_, end) =>
      KNOWN.has(issue.path.slice(0, end + 1).join('.')),
    );
    const key = issue.path.slice(0, length + 1).join('.');
    if (!layer.values.has(key)) continue; // already reported
    const inner = issue.path.slice(length + 1);
    const where = placeOf(layer, key, inner[0]);
    const message = issueText(issue, inner, {
      key,
      value: layer.values.get(key),
    });
    layer.problems.push({ where, key, message, hint: null });
    drop(layer, key);
  }
  if (!check) return;
  // What is left is valid but for the expressions.
  const { redaction } = configSchema.parse(nested(layer.values));
  for (const { list, index, message } of check(redaction)) {
    const key = `redaction.${list}`;
    layer.problems.push({ where: placeOf(layer, key, index), key, message, hint: null });
    drop(layer, key);
  }
}

/** Where a value is written, or an item of a list. */
function placeOf({ origins, items }: OpenLayer, key: string, index?: PropertyKey): string {
  return items.get(`${key}[${String(index)}]`) ?? origins.get(key) ?? '';
}

/** The places of its items stay, for what else is wrong with the list. */
function drop(layer: OpenLayer, key: string): void {
  layer.values.delete(key);
  layer.origins.delete(key);
}

/** Warns when a file that holds a secret can be read by other users. */
function warnOfReaders(layer: OpenLayer, path: string): void {
  const secrets = SECRETS.filter((key) => layer.origins.has(key));
  if (secrets.length === 0 || process.platform === 'win32') return;
  if (((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) === 0) return;
  for (const key of secrets) {
    const where = layer.origins.get(key) ?? '';
    const message = 'can be read by other users';
    layer.warnings.push({ where, key, message, hint: `Run: chmod 600 ${path}` });
  }
}

/** Builds a nested object from dotted keys. */
export function nested(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const names = key.split('.');
    const last = names.pop() ?? '';
    let place = root;
    for (const name of names) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    place[last] = value;
  }
  return root;
}

function fromText(text: string, kind: 'text' | 'number' | 'boolean'): unknown {
  if (kind === 'number')
    return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  if (kind === 'text') return text;
  if (/^(?:true|1|yes|on)$/i.test(text)) return true;
  return /^(?:false|0|no|off)$/i.test(text) ? false : text;
}

const keysWhere = (is: (value: unknown) => boolean): ReadonlySet<string> =>
  new Set(leaves(CONFIG_DEFAULTS).flatMap(([key, value]) => (is(value) ? [key] : [])));

const BOOLEANS = keysWhere((value) => typeof value === 'boolean');
/** The keys that are `on` or `off`. */
const ON_OR_OFF = keysWhere((value) => value === 'on' || value === 'off');

const KNOWN: ReadonlySet<string> = new Set(configKeys());

/** The keys whose value is a secret. */
const SECRETS = configKeys().filter((key) => shownValue(key, key) !== key);

/** The keys whose value is a list. */
const LISTS = keysWhere(Array.isArray);

/** Every name that has keys below it, under its current and older names. */
const SECTIONS: ReadonlySet<string> = new Set(
  [...KNOWN, ...Object.keys(ALIASES)].flatMap((key) =>
    key.split('.').map((_, depth, names) => names.slice(0, depth).join('.')),
  ),
);

/** The longest file, in bytes: 4 MiB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Most problems reported of one file; a file meant for another program has one in each line. */
const MAX_PROBLEMS = 100;

/** Most items read of a list: one more than is valid, so that a longer list is reported. */
const MAX_ITEMS = 1_001;

/** Most characters shown of a wrong name or value. */
const MAX_SHOWN = 100;
