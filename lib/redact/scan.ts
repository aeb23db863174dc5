/** Finds any number of words in a text in one pass. */
export interface TriggerScanner {
  /**
   * Calls `onHit` for each occurrence of each word, with the word's index and where it begins. Stops
   * when `onHit` returns false, and returns where it stopped.
   */
  scan(text: string, onHit: (word: number, at: number) => boolean): number;
}

/**
 * Builds Aho-Corasick automata of `words`, which cost one table look-up per character however many words there are: one
 * of the words of ASCII, and one of the others, which only texts beyond ASCII go through. Both tables together take a
 * third of what one of all words would, and each is built when it is first needed.
 *
 * A word with a capital letter is matched exactly, a word in lower case in any case.
 */
export function createTriggerScanner(words: readonly string[]): TriggerScanner {
  const isForeign = (word: string): boolean => NOT_ASCII.test(word);
  const plain = once(() => buildAutomaton(words, (word) => !isForeign(word)));
  const foreign = once(() => buildAutomaton(words, isForeign));
  const hasForeign = words.some(isForeign);
  const exact = words.map((word) => word !== word.toLowerCase());
  const lengthOf = (word: number): number => words[word]?.length ?? 0;
  /** Reports the words that end before `end`; false to stop. */
  const tell = (text: string, end: number, ending: readonly number[], onHit: OnHit): boolean => {
    for (const word of ending) {
      const at = end - lengthOf(word);
      const isHit = !exact[word] || text.startsWith(words[word] ?? '', at);
      if (isHit && !onHit(word, at)) return false;
    }
    return true;
  };
  const scanPlain = (text: string, onHit: OnHit): number => {
    const { classes, table, hits, firstHit, width } = plain();
    let state = 0;
    for (let i = 0; i < text.length; i += 1) {
      state = table[state * width + (classes[text.charCodeAt(i)] as number)] as number;
      if (state < firstHit) continue;
      if (!tell(text, i + 1, hits[state - firstHit] as readonly number[], onHit)) return i + 1;
    }
    return text.length;
  };
  const scanAll = (text: string, onHit: OnHit): number => {
    const one = plain();
    const two = foreign();
    let [first, second] = [0, 0];
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      first = one.table[first * one.width + (one.classes[unit] as number)] as number;
      second = two.table[second * two.width + (two.classes[unit] as number)] as number;
      if (first < one.firstHit && second < two.firstHit) continue;
      const ending = [...endingIn(one, first), ...endingIn(two, second)];
      ending.sort((a, b) => lengthOf(b) - lengthOf(a));
      if (!tell(text, i + 1, ending, onHit)) return i + 1;
    }
    return text.length;
  };
  return {
    scan: (text, onHit) =>
      hasForeign && NOT_ASCII.test(text) ? scanAll(text, onHit) : scanPlain(text, onHit),
  };
}

// --- internal ---

// oxlint-disable-next-line no-control-regex -- all of ASCII
const NOT_ASCII = /[^\0-\u007f]/;

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

type OnHit = (word: number, at: number) => boolean;

interface Automaton {
  /** The class of each UTF-16 unit. All units that no word contains are of class 0. */
  readonly classes: Uint8Array;
  /** The number of classes. */
  readonly width: number;
  /** The next state, by state * width + class. */
  readonly table: Uint16Array;
  /** The words that end in a state, longest first, by the state's number less `firstHit`. */
  readonly hits: readonly (readonly number[])[];
  /** States from this one on end a word, so that one comparison tells. */
  readonly firstHit: number;
}

interface Node {
  /** By the class of the next unit. */
  readonly children: Map<number, Node>;
  words: readonly number[];
  fail: Node | undefined;
  id: number;
}

function endingIn({ hits, firstHit }: Automaton, state: number): readonly number[] {
  return state < firstHit ? NONE : (hits[state - firstHit] as readonly number[]);
}

function buildAutomaton(words: readonly string[], has: (word: string) => boolean): Automaton {
  const { classes, width } = classify(words.filter(has));
  const root = newNode();
  for (const [index, word] of words.entries()) {
    if (!has(word)) continue;
    let node = root;
    for (let i = 0; i < word.length; i += 1) {
      const unit = classes[word.charCodeAt(i)] as number;
      let child = node.children.get(unit);
      if (child === undefined) node.children.set(unit, (child = newNode()));
      node = child;
    }
    node.words = [...node.words, index];
  }
  const nodes = linkFailures(root);
  // Stable: root stays first.
  const ordered = nodes.toSorted((a, b) => Number(a.words.length > 0) - Number(b.words.length > 0));
  for (const [id, node] of ordered.entries()) node.id = id;
  const table = new Uint16Array(nodes.length * width);
  // Breadth first, so that the row of a node's failure is complete when it is copied.
  for (const { id, fail, children } of nodes) {
    if (fail !== undefined) {
      table.copyWithin(id * width, fail.id * width, (fail.id + 1) * width);
    }
    for (const [unit, child] of children) table[id * width + unit] = child.id;
  }
  const isHit = ({ words: ending }: Node) => ending.length > 0;
  const firstHit = ordered.length - ordered.filter(isHit).length;
  return { classes, width, table, hits: ordered.filter(isHit).map((node) => node.words), firstHit };
}

/** Gives each unit of the words a class of its own, which both cases of a letter share. */
function classify(words: readonly string[]): Pick<Automaton, 'classes' | 'width'> {
  const classes = new Uint8Array(2 ** 16);
  let width = 1;
  for (const char of new Set(words.join('').toLowerCase().split(''))) {
    classes[char.charCodeAt(0)] = width;
    const upper = char.toUpperCase();
    if (upper.length === 1) classes[upper.charCodeAt(0)] = width;
    width += 1;
  }
  return { classes, width };
}

const NONE: readonly number[] = [];

function newNode(): Node {
  return { children: new Map(), words: NONE, fail: undefined, id: 0 };
}

/** Returns all nodes, breadth first, each linked to the longest proper suffix that is also a node. */
function linkFailures(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [unit, child] of node.children) {
      child.fail = node === root ? root : step(node.fail ?? root, unit, root);
      if (child.fail.words.length > 0) child.words = [...child.words, ...child.fail.words];
      nodes.push(child);
    }
  }
  return nodes;
}

function step(from: Node, unit: number, root: Node): Node {
  for (let node: Node | undefined = from; node !== undefined; node = node.fail) {
    const child = node.children.get(unit);
    if (child !== undefined) return child;
  }
  return root;
}
