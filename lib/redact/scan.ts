/** Finds any number of words in a text in one pass. */
export interface TriggerScanner {
  /**
   * Calls `onHit` for each occurrence of each word, with the word's index and where it begins. Stops
   * when `onHit` returns false, and returns where it stopped.
   */
  scan(text: string, onHit: (word: number, at: number) => boolean): number;
}

/**
 * Builds an Aho-Corasick automaton of `words`, which costs one table look-up per character however many
 * words there are. It is built when it is first needed, and for texts of ASCII only of the words that can stand there:
 * that table fits into a processor's cache.
 *
 * A word with a capital letter is matched exactly, a word in lower case in any case.
 */
export function createTriggerScanner(words: readonly string[]): TriggerScanner {
  const plain = once(() => buildAutomaton(words, (word) => !NOT_ASCII.test(word)));
  const whole = words.some((word) => NOT_ASCII.test(word))
    ? once(() => buildAutomaton(words, () => true))
    : plain;
  const exact = words.map((word) => word !== word.toLowerCase());
  return {
    scan(text, onHit) {
      const { classes, table, hits, firstHit, width } = NOT_ASCII.test(text) ? whole() : plain();
      let state = 0;
      for (let i = 0; i < text.length; i += 1) {
        state = table[state * width + (classes[text.charCodeAt(i)] as number)] as number;
        if (state < firstHit) continue;
        for (const word of hits[state - firstHit] as readonly number[]) {
          const at = i + 1 - (words[word]?.length ?? 0);
          const isHit = !exact[word] || text.startsWith(words[word] ?? '', at);
          if (isHit && !onHit(word, at)) return i + 1;
        }
      }
      return text.length;
    },
  };
}

// --- internal ---

// oxlint-disable-next-line no-control-regex -- all of ASCII
const NOT_ASCII = /[^\0-\u007f]/;

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

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
