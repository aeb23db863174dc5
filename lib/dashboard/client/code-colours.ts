// A worker: names the words of code, so that the page is not held up by it.
import highlighter from 'highlight.js/lib/common';
import clojure from 'highlight.js/lib/languages/clojure';
import cmake from 'highlight.js/lib/languages/cmake';
import dart from 'highlight.js/lib/languages/dart';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import elixir from 'highlight.js/lib/languages/elixir';
import groovy from 'highlight.js/lib/languages/groovy';
import haskell from 'highlight.js/lib/languages/haskell';
import nginx from 'highlight.js/lib/languages/nginx';
import powershell from 'highlight.js/lib/languages/powershell';
import protobuf from 'highlight.js/lib/languages/protobuf';
import scala from 'highlight.js/lib/languages/scala';
import type { ColourAnswer, ColourQuestion, ColouredLine } from '../parts/code/coloured-line.ts';

for (const [name, language] of Object.entries({
  clojure,
  cmake,
  dart,
  dockerfile,
  elixir,
  groovy,
  haskell,
  nginx,
  powershell,
  protobuf,
  scala,
})) {
  highlighter.registerLanguage(name, language);
}

self.addEventListener('message', ({ data }: MessageEvent<ColourQuestion>) => {
  const answer: ColourAnswer = { id: data.id, lines: colouredLines(data.code, data.language) };
  self.postMessage(answer);
});

// --- internal ---

/** What lib/pattern/language.ts calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  astro: 'xml',
  fish: 'bash',
  html: 'xml',
  hcl: 'ini',
  jsonc: 'json',
  mdx: 'markdown',
  notebook: 'python',
  sass: 'scss',
  shell: 'bash',
  svelte: 'xml',
  svg: 'xml',
  toml: 'ini',
  dotenv: 'ini',
  vue: 'xml',
};

/** Null for a language that it does not know. */
function colouredLines(code: string, named: string): readonly ColouredLine[] | null {
  const language = NAMES[named] ?? named;
  if (!highlighter.getLanguage(language)) return null;
  return linesOfMarkup(highlighter.highlight(code, { language, ignoreIllegals: true }).value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
};

/** Reads the markup, which consists of spans and text, so that nobody has to put it into a page. */
function linesOfMarkup(markup: string): ColouredLine[] {
  const lines: [string, string][][] = [[]];
  const scopes: string[] = [];
  for (const [part, scope] of markup.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (scope !== undefined) scopes.push(kindOf(scope));
    else if (part === '</span>') scopes.pop();
    else {
      const text = part.replaceAll(/&(?:amp|lt|gt|quot|#x27);/g, (name) => ENTITIES[name] ?? name);
      const kind = scopes.findLast((name) => name !== '') ?? '';
      for (const [at, piece] of text.split('\n').entries()) {
        if (at > 0) lines.push([]);
        const line = lines.at(-1);
        const last = line?.at(-1);
        if (last?.[0] === kind) last[1] += piece;
        else if (piece !== '') line?.push([kind, piece]);
      }
    }
  }
  return lines;
}

/** Few colours tell more than many. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/comment|quote|doctag/, 'comment'],
  [/string|regexp|char|addition/, 'string'],
  [/number|literal|symbol|bullet|variable constant/, 'number'],
  [/keyword|built_in|type|tag$|name|operator-word|section|selector|meta/, 'word'],
  [/title|attr|property|function/, 'name'],
];

function kindOf(scope: string): string {
  const words = scope.replaceAll('hljs-', '');
  return KINDS.find(([test]) => test.test(words))?.[1] ?? '';
}
