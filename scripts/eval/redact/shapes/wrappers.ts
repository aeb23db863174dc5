import { textShape } from './shape.ts';
import type { ShapeRow, TextShape } from './shape.ts';

/** Something that happens to a text on its way into a payload: quoting, listing, colouring, escaping. */
export interface Wrapper {
  readonly name: string;
  /** What becomes of the text; a part of a text becomes the same part of the result. */
  wrap(text: string): string;
  /** What becomes of a secret in it. */
  encode(secret: string): string;
}

/** The statements that are wrapped: one of each kind. */
const WRAPPED: readonly ShapeRow[] = [
  ['env', 'word', 'screaming', 'A=1\n{N}={V}\nB=2'],
  ['code', 'alone', 'identifier', "x();\nconst {N} = '{V}';\ny();"],
  ['yaml', 'word', 'own', 'db:\n  {N}: {V}\n  port: 1'],
  ['json', 'alone', 'own', '{\n  "a": 1,\n  "{N}": "{V}"\n}'],
];

/** Tokens by themselves, and where what stands before them could be taken for a part of them. */
const BARE: readonly ShapeRow[] = [
  ['lines', 'word', 'own', 'first\n{V}\nlast'],
  ['words', 'word', 'own', 'it is {V} now'],
  ['underscore', 'word', 'own', 'x_{V} y'],
  ['concatenated', 'word', 'own', "'a' + '{V}' + 'b'"],
  ['list', 'word', 'own', '["{V}","b"]'],
];

const same = (text: string): string => text;
const eachLine =
  (change: (line: string, index: number) => string) =>
  (text: string): string =>
    text.split('\n').map(change).join('\n');
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const inHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
const around = (before: string, after: string) => (text: string) => before + text + after;
const lines = (name: string, change: (line: string, index: number) => string): Wrapper => ({
  name,
  wrap: eachLine(change),
  encode: same,
});

/** How texts are wrapped. */
export const WRAPPERS: readonly Wrapper[] = [
  lines('diff-added', (line) => `+${line}`),
  lines('diff-removed', (line) => `-${line}`),
  lines('diff-context', (line) => ` ${line}`),
  lines('diff-combined', (line) => `++${line}`),
  lines('diff-side', (line) => `  > ${line}`),
  lines('grep-file', (line, i) => `src/app/.env:${i + 3}:${line}`),
  lines('grep-context', (line, i) => `src/app/x.ts-${i + 3}-${line}`),
  lines('grep-number', (line, i) => `${i + 3}:${line}`),
  lines('ripgrep-column', (line, i) => `a/b.ts:${i + 3}:7:${line}`),
  lines('cat-n', (line, i) => `     ${i + 1}\t${line}`),
  lines('read-arrow', (line, i) => `${String(i + 1).padStart(6)}→${line}`),
  lines('blame', (line, i) => `1a2b3c4d (Joe 2026-01-02 03:04:05 +0000 ${i + 1}) ${line}`),
  lines('comment-slashes', (line) => `// ${line}`),
  lines('comment-hashes', (line) => `# ${line}`),
  lines('comment-dashes', (line) => `-- ${line}`),
  lines('comment-stars', (line) => ` * ${line}`),
  lines('comment-semicolon', (line) => `; ${line}`),
  lines('comment-rem', (line) => `REM ${line}`),
  lines('quoted-mail', (line) => `> ${line}`),
  lines('log-time', (line) => `2026-01-02T03:04:05.678Z ${line}`),
  lines('log-level', (line) => `[INFO] 03:04:05 app: ${line}`),
  lines('docker-compose-log', (line) => `web-1  | ${line}`),
  lines('kubernetes-log', (line) => `2026-01-02T03:04:05Z stdout F ${line}`),
  lines('indented', (line) => `\t\t${line}`),
  lines('list-item', (line) => `- ${line}`),
  lines('box', (line) => `│ ${line} │`),
  lines('prompt-shell', (line) => `$ ${line}`),
  lines('carriage-return', (line) => `${line}\r`),
  lines('line-continued', (line) => `${line} \\`),
  { name: 'fence', wrap: around('Look:\n```\n', '\n```\n'), encode: same },
  { name: 'xml-tag', wrap: around('<stdout>', '</stdout>'), encode: same },
  { name: 'block-comment', wrap: around('/*\n', '\n*/'), encode: same },
  { name: 'html-comment', wrap: around('<!--', '-->'), encode: same },
  { name: 'heredoc', wrap: around("cat <<'EOF' > f\n", '\nEOF\n'), encode: same },
  { name: 'parenthesis', wrap: around('(', ')'), encode: same },
  { name: 'after-letter-n', wrap: (text) => text.replaceAll('\n', '\\n'), encode: same },
  { name: 'after-letters-rn', wrap: (text) => text.replaceAll('\n', '\\r\\n'), encode: same },
  { name: 'json-1', wrap: (text) => `{"content":"${inJson(text)}"}`, encode: inJson },
  {
    name: 'json-2',
    wrap: (text) => `{"a":"{\\"content\\":\\"${inJson(inJson(text))}\\"}"}`,
    encode: (secret) => inJson(inJson(secret)),
  },
  {
    name: 'json-3',
    wrap: (text) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: text }) }) }),
    encode: (secret) => inJson(inJson(inJson(secret))),
  },
  { name: 'html', wrap: (text) => `<pre>${inHtml(text)}</pre>`, encode: inHtml },
  {
    name: 'html-breaks',
    wrap: (text) => `<p>${inHtml(text).replaceAll('\n', '<br>')}</p>`,
    encode: inHtml,
  },
  {
    name: 'percent',
    wrap: (text) => `q=${encodeURIComponent(text)}&x=1`,
    encode: encodeURIComponent,
  },
  {
    name: 'percent-2',
    wrap: (text) => `q=${encodeURIComponent(encodeURIComponent(text))}`,
    encode: (secret) => encodeURIComponent(encodeURIComponent(secret)),
  },
  {
    name: 'plus-form',
    wrap: (text) => `body=${encodeURIComponent(text).replaceAll('%20', '+')}`,
    encode: (secret) => encodeURIComponent(secret).replaceAll('%20', '+'),
  },
  lines('ansi-line', (line) => `\u001b[32m${line}\u001b[0m`),
  lines('ansi-escaped', (line) => `\\u001b[1;31m${line}\\u001b[0m`),
  lines('ansi-x1b', (line) => `\\x1b[33m${line}\\x1b[39m`),
  {
    name: 'ansi-value',
    wrap: (text) => text.replace(/([=:] ?)/g, '$1\u001b[33m').replaceAll('\n', '\u001b[39m\n'),
    encode: same,
  },
  { name: 'unicode-quotes', wrap: (text) => text.replace(/["']/g, '”'), encode: same },
  {
    name: 'python-repr',
    wrap: (text) =>
      `b'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`,
    encode: same,
  },
];

/** Each statement in each wrapper, and each bare token without and in each wrapper. */
export const WRAPPED_SHAPES: readonly TextShape[] = [
  ...BARE.map((row) => textShape(row, true)),
  ...WRAPPERS.flatMap((wrapper) => [
    ...WRAPPED.map((row) => wrapShape(textShape(row), wrapper)),
    ...BARE.map((row) => wrapShape(textShape(row, true), wrapper)),
  ]),
];

/** A shape in a wrapper. */
export function wrapShape(shape: TextShape, wrapper: Wrapper): TextShape {
  return {
    name: `${wrapper.name}/${shape.name}`,
    flavours: shape.flavours,
    bare: shape.bare,
    write(subject) {
      const { content, forms } = shape.write(subject);
      const encoded = forms.map((form) => wrapper.encode(form));
      return { content: wrapper.wrap(content), forms: [...new Set([...forms, ...encoded])] };
    },
  };
}
