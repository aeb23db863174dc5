import { createScanner, parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import type { Json } from '../../base/json.ts';

/** How a JSON text is laid out, so that additions look like the rest of it. */
export interface JsonLayout {
  readonly eol: '\n' | '\r\n';
  /** One level of indentation. */
  readonly indent: string;
  /** True when everything is on one line; additions stay on it. */
  readonly oneLine: boolean;
  /** What separates two items on one line; empty in minified text. */
  readonly gap: ' ' | '';
}

/** Reads the layout of a JSON text. The defaults are an indentation of two spaces and `\n`. */
export function jsonLayout(text: string): JsonLayout {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const root = parseTree(text, [], PARSE_OPTIONS);
  const first = root?.children?.[0];
  const oneLine = first !== undefined && root !== undefined && !/[\r\n]/.test(source(text, root));
  const own = first && ownLineIndent(text, first);
  const gap = oneLine && !/[:,] /.test(text) ? '' : ' ';
  return { eol, indent: own || '  ', oneLine, gap };
}

/** The value of `key` in a JSON object. If the key occurs twice the last counts, as for JSON.parse. */
export function member(object: Node | undefined, key: string): Node | undefined {
  const property = object?.children?.findLast(({ children }) => children?.[0]?.value === key);
  return property?.children?.[1];
}

/** `text` with a property added at the end of an object or, if `key` is undefined, an element to an array. */
export function append(
  text: string,
  container: Node,
  key: string | undefined,
  value: Json,
  layout: JsonLayout,
): string {
  const open = container.offset + 1;
  const close = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const { eol, indent } = layout;
  if (!last) {
    // A comment in the empty container stays, before the addition.
    const comment = text.slice(open, close).trimEnd();
    if (layout.oneLine) return splice(text, open, close, comment + render(key, value, '', layout));
    const outer = lineIndent(text, container.offset);
    const content = render(key, value, outer + indent, layout);
    return splice(text, open, close, `${comment}${eol}${outer}${indent}${content}${eol}${outer}`);
  }
  const end = last.offset + last.length;
  const comma = commaBetween(text, end, close);
  const tail = text.slice(end, close).trimEnd();
  const own = ownLineIndent(text, last);
  const outer = own ?? lineIndent(text, last.offset);
  const breaks = own !== undefined || tail.includes('//');
  const gap = breaks ? eol + outer : layout.gap;
  const content = gap + render(key, value, outer, layout) + (comma === undefined ? '' : ',');
  const added = splice(text, end + tail.length, end + tail.length, content);
  return comma === undefined ? splice(added, end, end, ',') : added;
}

/** `text` without `child`, an element of an array or a property of an object; the inverse of {@link append}. */
export function remove(text: string, container: Node, child: Node): string {
  const children = container.children ?? [];
  const index = children.indexOf(child);
  const close = container.offset + container.length - 1;
  const end = child.offset + child.length;
  const lead = skipSpaceBack(text, child.offset);
  const next = children[index + 1];
  const comma = commaBetween(text, end, next?.offset ?? close);
  let result: string;
  if (comma !== undefined && ownLineIndent(text, child) === undefined && next) {
    result = splice(text, child.offset, skipSpace(text, comma + 1), '');
  } else if (comma !== undefined) {
    result = splice(text, lead, comma + 1, '');
  } else {
    result = splice(text, lead, end, '');
    const previous = children[index - 1];
    const before = previous && commaBetween(text, previous.offset + previous.length, child.offset);
    if (before !== undefined) result = splice(result, before, before + 1, '');
  }
  if (children.length > 1) return result;
  const open = container.offset + 1;
  const newClose = close - (text.length - result.length);
  return result.slice(open, newClose).trim() === '' ? splice(result, open, newClose, '') : result;
}

/** `text` with `node` replaced by another value. */
export function replace(text: string, node: Node, value: Json, layout: JsonLayout): string {
  const oneLine = !/[\r\n]/.test(source(text, node)) && node.children?.length !== 0;
  const content = render(undefined, value, lineIndent(text, node.offset), { ...layout, oneLine });
  return splice(text, node.offset, node.offset + node.length, content);
}

/** The part of the text that `node` stands for. */
export function source(text: string, node: Node): string {
  return text.slice(node.offset, node.offset + node.length);
}

/** Accepts comments and trailing commas; the caller decides what to say about them. */
export const PARSE_OPTIONS = { allowTrailingComma: true, disallowComments: false } as const;

// --- internal ---

function render(
  key: string | undefined,
  value: Json,
  base: string,
  { eol, indent, oneLine, gap }: JsonLayout,
): string {
  const content = oneLine
    ? JSON.stringify(value)
    : JSON.stringify(value, null, indent).replaceAll('\n', eol + base);
  return key === undefined ? content : `${JSON.stringify(key)}:${gap}${content}`;
}

function splice(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

/** Offset of the comma between two neighbours, or a last child and its bracket; skips comments. */
function commaBetween(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return at < to && text[at] === ',' ? at : undefined;
}

/** The white space before `node` if it is the first on its line; else undefined. */
function ownLineIndent(text: string, node: Node): string | undefined {
  const lead = text.slice(skipSpaceBack(text, node.offset), node.offset);
  const newline = lead.lastIndexOf('\n');
  return newline === -1 ? undefined : lead.slice(newline + 1);
}

/** The white space at the start of the line that holds `offset`. */
function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function skipSpaceBack(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && isSpace(text[at - 1])) at--;
  return at;
}

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && isSpace(text[at])) at++;
  return at;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && ' \t\r\n'.includes(character);
}
