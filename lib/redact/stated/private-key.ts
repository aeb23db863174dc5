import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { matchAt } from '../sticky.ts';

/** Finds private keys by their first line, by their last, and by how their body begins. */
export const PRIVATE_KEY_RULES: readonly AnchoredRule[] = [
  {
    scope: 'place',
    kind: 'private-key',
    triggers: ['-begin ', '-begin+', 'begin ssh2 '],
    find: findFromBegin,
  },
  { scope: 'place', kind: 'private-key', triggers: ['-END '], find: findBeforeEnd },
  {
    scope: 'place',
    kind: 'private-key',
    triggers: ['MII', 'MIG', 'MIH', 'MHc', 'MHQ', 'MC4CAQ', 'b3BlbnNzaC1rZXktdjE'],
    find: findBody,
  },
  { scope: 'place', kind: 'private-key', triggers: ['private-lines:'], find: findPutty },
];

// --- internal ---

const kind = 'private-key';
const BEGIN =
  /-{1,5}BEGIN[ +](?:[A-Z\d]{1,16}[ +]){0,4}(?:PRIVATE|SECRET)[ +]KEY(?:[ +]BLOCK)?-{1,5}/iy;
const END = /-{0,5}END[ +](?:[A-Z\d]{1,16}[ +]){0,4}(?:PRIVATE|SECRET)[ +]KEY(?:[ +]BLOCK)?-{0,5}/y;
/** A key of 16,384 bits has 13,000 characters, to which each line of a listing adds its own. */
const LONGEST = 24_000;
/** What base64 of a private key begins with: the DER of PKCS#1, PKCS#8 and SEC 1, and OpenSSH's name. */
const BODY =
  /(?:MII[A-Za-z\d+/]{3,4}IBA[A-Z]|MI[GH][A-Za-z\d+/]{1,4}AgE[AB]|MH[cQ]CAQEE|MC4CAQAwBQYDK2|b3BlbnNzaC1rZXktdjE)[A-Za-z\d+/]{24}/y;
/** One line of base64 with what a listing, a diff, a comment or source code puts around it. */
const KEY_LINE =
  /[ \t]{0,64}(?:[\w./-]{0,80}[:-]\d{1,7}[:-])?[ \t\d→|>:+*#/;"'`,.-]{0,24}([A-Za-z\d+/]{16,100}={0,2})[ \t"'`+;,.\\rn)]{0,16}(?:<br ?\/?>)?(?:\r?\n|$)/y;
const PLAIN_LINE = /[^\n]{0,200}(?:\n|$)/y;
const PUTTY_LINES = /private-lines:[ \t]{0,8}\d{1,4}(?:\s|\\+[rn]){0,8}/iy;
const RUN = /[A-Za-z\d+/=]{16,20000}/g;

function findFromBegin(text: string, at: number, found: FoundSecret[]): number {
  let start = at;
  while (start > 0 && at - start < 5 && text.charAt(start - 1) === '-') start -= 1;
  const begin = matchAt(BEGIN, text, start)?.[0];
  if (begin === undefined) return at + 1;
  const bodyStart = start + begin.length;
  const closing = closingFrom(text, bodyStart);
  if (closing !== undefined && isMostlyKey(text.slice(bodyStart, closing.start))) {
    found.push({ start, end: closing.end, kind });
    return closing.end;
  }
  const end = openBodyEnd(text, bodyStart);
  if (end === undefined) return bodyStart;
  found.push({ start, end, kind });
  return end;
}

/** The end of a key whose last line is missing; undefined when no key follows. */
function openBodyEnd(text: string, bodyStart: number): number | undefined {
  const rest = /(?:\s|\\+[nrt]|["'`+→|>:#*/-]|<br ?\/?>|\d{1,5}(?![A-Za-z\d+/])){0,64}/y;
  const from = bodyStart + (matchAt(rest, text, bodyStart)?.[0].length ?? 0);
  const run =
    matchAt(
      /(?:[A-Za-z\d+/=]|\s{1,3}(?=[A-Za-z\d+/]{24})|\\+[nr]){0,16384}/y,
      text,
      from,
    )?.[0].trimEnd() ?? '';
  if (/[A-Za-z\d+/]{40}/.test(run) && /\d/.test(run)) {
    const more = keyLines(text, from);
    return Math.max(more, from + run.length);
  }
  // Headers such as `Proc-Type` stand before the body.
  let at = from;
  for (let i = 0; i < 5; i += 1) {
    const end = keyLines(text, at);
    if (end > at) return end;
    const line = matchAt(PLAIN_LINE, text, at)?.[0] ?? '';
    if (!/:|^[^A-Za-z]*$/.test(line)) break;
    at += line.length;
  }
  return undefined;
}

/** Where the lines of base64 that begin at `from` end; `from` without one that is long enough. */
function keyLines(text: string, from: number): number {
  let at = from;
  let end = from;
  while (at < text.length && at - from < LONGEST) {
    const line = matchAt(KEY_LINE, text, at);
    const body = line?.[1] ?? '';
    if (line === null || (end === from && (body.length < 40 || !/\d/.test(body)))) break;
    end = at + line[0].lastIndexOf(body) + body.length;
    at += line[0].length;
  }
  return end;
}

/** The line that ends a key, after `from`. */
function closingFrom(text: string, from: number): { start: number; end: number } | undefined {
  const near = text.slice(from, from + LONGEST);
  const next = near.search(/-(?:END|end)[ +]|-----BEGIN /);
  if (next === -1) return undefined;
  let start = from + next + 1;
  const end = matchAt(END, text, start)?.[0];
  if (end === undefined) return undefined;
  const close = start + end.length;
  while (start > from && text.charAt(start - 1) === '-') start -= 1;
  return { start, end: close };
}

/** True when base64 makes up most of what stands between the two lines, however it is decorated. */
function isMostlyKey(body: string): boolean {
  const runs = body.match(RUN) ?? [];
  const length = runs.reduce((sum, run) => sum + run.length, 0);
  return runs.some((run) => run.length >= 32 && /\d/.test(run)) && length * 3 >= body.length;
}

/** A key whose first line was cut off. */
function findBeforeEnd(text: string, at: number, found: FoundSecret[]): number {
  const end = matchAt(END, text, at + 1)?.[0];
  if (end === undefined) return at + 1;
  const close = at + 1 + end.length;
  const from = Math.max(0, at - LONGEST);
  const before = text.slice(from, at);
  let body = before.slice(before.lastIndexOf('-END ') + 1);
  if (body.includes('-BEGIN ')) return close;
  // Only the lines right before, so far as they are base64.
  const lines = body.split('\n');
  let first = lines.length - 1;
  while (first > 0 && KEY_PART.test(lines[first - 1] ?? '')) first -= 1;
  if (first > 0 && lines.length > 1 && first === lines.length - 1) body = lines[first] ?? '';
  else body = lines.slice(first).join('\n');
  if (!isMostlyKey(body)) return close;
  const run = body.search(/[A-Za-z\d+/]{16}/);
  found.push({ start: at - body.length + run, end: close, kind });
  return close;
}

const KEY_PART = /[A-Za-z\d+/]{40}/;

/** A key whose first line and last line are both missing. */
function findBody(text: string, at: number, found: FoundSecret[]): number {
  const begin = matchAt(BODY, text, at);
  if (begin === null) return at + 1;
  const run = matchAt(/(?:[A-Za-z\d+/=]|\\+[nr]){24,16384}/y, text, at)?.[0] ?? '';
  const end = Math.max(at + run.length, keyLines(text, at));
  found.push({ start: at, end, kind });
  return end;
}

/** The private lines of a key of PuTTY. */
function findPutty(text: string, at: number, found: FoundSecret[]): number {
  const lines = matchAt(PUTTY_LINES, text, at);
  if (lines === null) return at + 1;
  const from = at + lines[0].length;
  const run =
    matchAt(/(?:[A-Za-z\d+/=]|\s{1,3}(?=[A-Za-z\d+/]{16})|\\+[rn]){24,8192}/y, text, from)?.[0] ??
    '';
  const end = Math.max(from + run.trimEnd().length, keyLines(text, from));
  if (end <= from) return from;
  found.push({ start: from, end, kind });
  return end;
}
